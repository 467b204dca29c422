using System.Text;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Guard.Permits;

namespace DockerGuardProxy.Route;

/// <summary>The answer to a call that gets no permit: 503, in Docker's form.</summary>
internal static class PermitAnswer
{
    /// <summary>All of it, for a call that is spliced.</summary>
    /// <param name="outcome">Why it gets none.</param>
    /// <param name="isHead">The answer to a HEAD has no body.</param>
    /// <param name="isLast">The connection ends with it.</param>
    public static byte[] Write(PermitOutcome outcome, bool isHead, bool isLast)
    {
        var body = BodyOf(outcome);
        var head = $"HTTP/1.1 503 Service Unavailable\r\nContent-Type: {Refusal.ContentType}\r\n{OutcomeAnswer.DecisionHeader}: {DecisionOf(outcome)}\r\n"
            + $"Retry-After: {RetryAfterOf(outcome)}\r\n{(isLast ? "Connection: close\r\n" : "")}Content-Length: {body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. isHead ? [] : body.Span];
    }

    /// <summary>The body.</summary>
    public static ReadOnlyMemory<byte> BodyOf(PermitOutcome outcome) =>
        outcome.Kind == PermitOutcomeKind.TurnedAway ? OutcomeAnswer.TurnedAwayBody : outcome.Body;

    /// <summary>How the answer names what was decided.</summary>
    public static string DecisionOf(PermitOutcome outcome) => outcome.Kind switch
    {
        PermitOutcomeKind.Told => "told",
        PermitOutcomeKind.TurnedAway => "turned-away",
        _ => "refused",
    };

    /// <summary>When to ask again, in seconds.</summary>
    public static int RetryAfterOf(PermitOutcome outcome) => outcome.Kind == PermitOutcomeKind.TurnedAway ? 1 : 5;
}
