namespace DockerGuardProxy.EngineTests.Fuzz;

/// <summary>Compares what is expected of a stream with what the Go engine saw.</summary>
internal static class Disagreement
{
    /// <summary>Where the two disagree; null if nowhere.</summary>
    /// <param name="expected">The scanner's and the follower's reading.</param>
    /// <param name="seen">The engine's, of the first <see cref="ExpectedStream.Length"/> bytes.</param>
    /// <param name="isStricter">True for an engine that may refuse any head and any body.</param>
    public static string? Of(ExpectedStream expected, IReadOnlyList<SeenCall?> seen, bool isStricter = false)
    {
        for (var i = 0; i < expected.Calls.Count; i++)
        {
            var call = expected.Calls[i];
            if (i == seen.Count) return $"call {i + 1} was not seen";

            // Answered by the server itself, which went on.
            if ((call.IsForServer || isStricter) && seen[i] is null && seen.Count > i + 1) continue;
            if (seen[i] is not { } found)
                return isStricter || call.MayBeRefused ? Nothing(seen, i + 1, "a refusal") : $"call {i + 1} is plain, but was refused";
            if (found.Method != call.Method || found.Target != call.Target)
                return $"call {i + 1} was seen as {found}";
            if (isStricter && found.State == "broken") return Nothing(seen, i + 1, "a body that was refused");
            if (found.State != "unread" && (found.State != "whole" || found.Length != call.Body.Length || found.Hash != SeenCall.HashOf(call.Body)))
                return $"call {i + 1} was seen with another body: {found}";

            // Where nobody asked for it: of an odd Connection; and of a body that was expected to be asked for by a 100, and left unread.
            if (found.Closes)
            {
                return call.IsLast || !call.IsPlain || found.State == "unread"
                    ? Nothing(seen, i + 1, "the last answer")
                    : $"call {i + 1} closed the connection";
            }

            if (call.IsLast) return $"call {i + 1} did not close the connection";
        }

        var next = expected.Calls.Count;
        return expected.End switch
        {
            StreamEnd.Odd => null,
            StreamEnd.Between or StreamEnd.Closed => Nothing(seen, next, "the last call"),
            _ when next == seen.Count => null,
            StreamEnd.InHead when seen[next] is not null => "a call was seen whose head is not whole",
            _ when seen[next] is { State: "whole" } => "a call was seen whole whose body is not",
            _ => Nothing(seen, next + 1, "a part of a call"),
        };
    }

    private static string? Nothing(IReadOnlyList<SeenCall?> seen, int count, string what) =>
        seen.Count > count ? $"behind {what} there was {seen[count]?.ToString() ?? "a refusal"}" : null;
}
