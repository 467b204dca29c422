using System.Globalization;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Http;
using Microsoft.AspNetCore.Http;

namespace DockerGuardProxy.Route;

/// <summary>The answer to a guarded call, by what became of it.</summary>
internal static class OutcomeAnswer
{
    /// <summary>On answers of our own only: what was decided.</summary>
    internal const string DecisionHeader = "Docker-Guard-Proxy";

    /// <summary>What callers read who were not sent before the proxy's stop.</summary>
    internal static readonly byte[] TurnedAwayBody = """{"message":"docker-guard-proxy is being restarted; ask again"}"""u8.ToArray();

    /// <summary>Writes it; nothing for a call that goes on unguarded.</summary>
    /// <param name="outcome">What became of the call.</param>
    /// <param name="http">The call.</param>
    /// <param name="enginePath">The engine's socket, named where its answer was lost.</param>
    public static async Task WriteAsync(Outcome outcome, HttpContext http, string enginePath)
    {
        switch (outcome)
        {
            case Outcome.Answered answered:
                await AnswerParts.WriteAsync(answered.Answer, http);
                break;
            case Outcome.Refused refused:
                await RefuseAsync(http, "refused", refused.Refusal.RetryAfterSeconds, refused.Refusal.Body);
                break;
            case Outcome.TurnedAway:
                await RefuseAsync(http, "turned-away", retryAfterSeconds: 1, TurnedAwayBody);
                break;
            case Outcome.Lost lost:
                await EngineFailure.AnswerAsync(http, enginePath, lost.Cause);
                break;
        }
    }

    /// <summary>Writes a 503 of our own.</summary>
    public static async Task RefuseAsync(HttpContext http, string decision, int retryAfterSeconds, ReadOnlyMemory<byte> body)
    {
        http.Response.StatusCode = Refusal.Status;
        http.Response.ContentType = Refusal.ContentType;
        http.Response.Headers.RetryAfter = retryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        http.Response.Headers[DecisionHeader] = decision;
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }
}
