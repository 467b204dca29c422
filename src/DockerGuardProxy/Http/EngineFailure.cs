using System.Text.Json;
using DockerGuardProxy.Sockets;
using Microsoft.AspNetCore.Http;

namespace DockerGuardProxy.Http;

/// <summary>The answer when the engine gave none: 502 in the form of Docker's own errors.</summary>
internal static class EngineFailure
{
    /// <summary>Writes the answer, unless the client has gone.</summary>
    /// <param name="http">The call.</param>
    /// <param name="enginePath">The engine's socket.</param>
    /// <param name="exception">What went wrong; null if nobody knows.</param>
    public static async Task AnswerAsync(HttpContext http, string enginePath, Exception? exception)
    {
        if (http.RequestAborted.IsCancellationRequested) return;

        var cause = ConnectionFault.Describe(exception);
        http.Response.StatusCode = StatusCodes.Status502BadGateway;
        http.Response.ContentType = "application/json";
        var body = Encode($"docker-guard-proxy: no answer from the engine at {enginePath}: {cause}");
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private static byte[] Encode(string message)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("message", message);
            json.WriteEndObject();
        }

        return [.. buffer.ToArray(), (byte)'\n'];
    }
}
