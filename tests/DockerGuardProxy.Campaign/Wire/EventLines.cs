using System.Text.Json;

namespace DockerGuardProxy.Campaign.Wire;

/// <summary>An event of the engine, as its stream brings it.</summary>
/// <param name="At">When the engine made it, in nanoseconds since 1970.</param>
/// <param name="Line">The line.</param>
internal sealed record EventLine(long At, string Line)
{
    /// <summary>Reads a line; null if it is no whole event.</summary>
    public static EventLine? Read(string line)
    {
        if (!line.StartsWith('{')) return null;
        try
        {
            using var document = JsonDocument.Parse(line);
            return new EventLine(document.RootElement.GetProperty("timeNano").GetInt64(), line);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Compares what two followers of an engine's events have read; pure.</summary>
internal static class EventLines
{
    /// <summary>
    /// Near its begin and its end one of two followers may have been told already of what the other has not: the engine tells all of them at once,
    /// in any order (moby pkg/pubsub). In nanoseconds.
    /// </summary>
    private const long Edge = 2_000_000_000;

    /// <summary>What a follower has missed, or read although it was not sent, against one who has followed all the time.</summary>
    /// <returns>The first event that only one of them has; null where there is none.</returns>
    public static string? FirstDifference(IReadOnlyList<EventLine> all, IReadOnlyList<EventLine> part)
    {
        if (part.Count == 0) return null;
        var (begin, end) = (part.Min(line => line.At) + Edge, part.Max(line => line.At) - Edge);
        var left = part.CountBy(line => line).ToDictionary();
        foreach (var line in all)
        {
            var count = left.GetValueOrDefault(line);
            if (count > 0) left[line] = count - 1;
            else if (line.At >= begin && line.At <= end) return $"missed: {line.Line}";
        }

        return left.FirstOrDefault(line => line.Value > 0 && line.Key.At <= end).Key is { } foreign ? $"not sent: {foreign.Line}" : null;
    }
}
