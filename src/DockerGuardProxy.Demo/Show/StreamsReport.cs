using System.Globalization;
using DockerGuardProxy.Demo.Incident;

namespace DockerGuardProxy.Demo.Show;

/// <summary>What the two sides of the streams' scenario came to, as text.</summary>
internal static class StreamsReport
{
    /// <summary>All in one line.</summary>
    public static string Sentence(StreamsHalf direct, StreamsHalf guarded) =>
        $"a killed container whose client does not read: {End(direct)} directly, {End(guarded)} guarded";

    /// <summary>The table, line by line.</summary>
    public static IEnumerable<string> Lines(StreamsHalf direct, StreamsHalf guarded)
    {
        yield return Table.Row("", direct.Name, guarded.Name);
        foreach (var (label, value) in Rows) yield return Table.Row(label, value(direct), value(guarded));
    }

    /// <summary>Of the status the lines that name who did not read.</summary>
    public static IEnumerable<string> Named(StreamsHalf guarded)
    {
        var lines = guarded.Status.Split('\n')
            .SkipWhile(static line => !line.StartsWith("  unread ", StringComparison.Ordinal))
            .TakeWhile(static (line, index) => index == 0 || line.StartsWith("      ", StringComparison.Ordinal));
        return lines.Select(static line => line[2..]);
    }

    private static readonly (string Label, Func<StreamsHalf, string> Value)[] Rows =
    [
        ("killed: the engine tells of the end after", static half => Within(half.Died, half)),
        ("  the kill is answered after", static half => Within(half.Killed, half)),
        ("  then an inspect takes", static half => Table.Milliseconds(half.Inspect)),
        ("numbers that the client then reads, no gap", static half => half.LastNumber is { } last ? Table.Count(last) : "-"),
        ("that client is ended: end told after", static half => half.Died is null ? Table.Seconds(half.Cured) : "-"),
    ];

    private static string End(StreamsHalf half) => half.Died is null
        ? string.Create(CultureInfo.InvariantCulture, $"no end in {half.Watched.TotalSeconds:0} s")
        : $"ended after {Table.Seconds(half.Died)}";

    private static string Within(TimeSpan? time, StreamsHalf half) =>
        time is null ? string.Create(CultureInfo.InvariantCulture, $"not in {half.Watched.TotalSeconds:0} s") : Table.Seconds(time);
}
