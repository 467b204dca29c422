using System.Globalization;
using DockerGuardProxy.Demo.Incident;

namespace DockerGuardProxy.Demo.Show;

/// <summary>What the two halves came to, as text.</summary>
internal static class Report
{
    private const int LabelWidth = 42, ColumnWidth = 12, TextWidth = 100;

    /// <summary>Table, refusal and status, line by line.</summary>
    public static IEnumerable<string> Lines(PlayedHalf direct, PlayedHalf guarded)
    {
        yield return $"{"",-LabelWidth}{direct.Name,ColumnWidth}{guarded.Name,ColumnWidth}";
        foreach (var (label, value) in Rows)
            yield return $"{label,-LabelWidth}{value(direct),ColumnWidth}{value(guarded),ColumnWidth}";

        if (guarded.Answers.Refusals is [var (text, count), ..])
        {
            yield return "";
            yield return $"What callers read ({count} of {guarded.Answers.Refused} refusals, byte for byte the same):";
            foreach (var line in Wrap(text)) yield return "  " + line;
        }

        if (guarded.Status.Length > 0)
        {
            yield return "";
            yield return "docker-guard-proxy status, while it was stuck:";
            foreach (var line in guarded.Status.TrimEnd().Split('\n')) yield return "  " + line;
        }
    }

    private static readonly (string Label, Func<PlayedHalf, string> Value)[] Rows =
    [
        ("stops asked for", static half => Count(half.Asked)),
        ("stops that reached the engine", static half => Count(half.Reached)),
        ("open in the engine at the worst", static half => Count(half.Worst)),
        ("still open in the engine, all callers gone", static half => Count(half.Last.Open)),
        ("  open connections", static half => Count(half.Last.Connections)),
        ("  goroutines", static half => Count(half.Last.Goroutines)),
        ("  their memory, at 63 KiB each as measured", static half => Bytes(half.Last.OpenBytes)),
        ("memory of the proxy (not native here)", static half => Bytes(half.ProxyMemory)),
        ("callers answered", static half => Count(half.Answers.Answered)),
        ("  of these told why (503)", static half => Count(half.Answers.Refused)),
        ("callers who gave up without an answer", static half => Count(half.Answers.GaveUp)),
        ("first answer after", static half => Seconds(half.Answers.First)),
        ("stop of a healthy container meanwhile", static half => Milliseconds(half.OtherStop)),
        ("list of containers meanwhile", static half => Milliseconds(half.List)),
        ("file system back: engine free after", static half => Seconds(half.Recovery)),
    ];

    private static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Bytes(long? bytes) =>
        bytes is { } b ? string.Create(CultureInfo.InvariantCulture, $"{b / 1048576.0:0.0} MiB") : "-";

    private static string Seconds(TimeSpan? time) =>
        time is { } t ? string.Create(CultureInfo.InvariantCulture, $"{t.TotalSeconds:0.00} s") : "never";

    private static string Milliseconds(TimeSpan? time) =>
        time is { } t ? string.Create(CultureInfo.InvariantCulture, $"{t.TotalMilliseconds:0} ms") : "no answer";

    private static IEnumerable<string> Wrap(string text)
    {
        var line = "";
        foreach (var word in text.Split(' '))
        {
            if (line.Length + word.Length >= TextWidth)
            {
                yield return line;
                line = "";
            }

            line += line.Length == 0 ? word : " " + word;
        }

        yield return line;
    }
}
