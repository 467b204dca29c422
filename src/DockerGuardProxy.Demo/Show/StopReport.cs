using DockerGuardProxy.Demo.Incident;

namespace DockerGuardProxy.Demo.Show;

/// <summary>What the two halves came to, as text.</summary>
internal static class StopReport
{
    private const int TextWidth = 100;

    /// <summary>All in one line.</summary>
    public static string Sentence(StopHalf direct, StopHalf guarded) =>
        $"{Table.Count(direct.Asked)} stops that SIGKILL can't carry out: {Table.Count(direct.Worst)} of them open in the engine directly, "
        + $"{Table.Count(guarded.Worst)} guarded";

    /// <summary>Table, refusal and status, line by line.</summary>
    public static IEnumerable<string> Lines(StopHalf direct, StopHalf guarded)
    {
        yield return Table.Row("", direct.Name, guarded.Name);
        foreach (var (label, value) in Rows) yield return Table.Row(label, value(direct), value(guarded));

        if (guarded.Answers.Refusals is [var (text, count), ..])
        {
            yield return "";
            yield return $"What callers read ({count} of {guarded.Answers.Refused} refusals, byte for byte the same):";
            foreach (var line in Wrap(text)) yield return "  " + line;
        }

        foreach (var line in Table.Status(guarded.Status, "while it was stuck")) yield return line;
    }

    private static readonly (string Label, Func<StopHalf, string> Value)[] Rows =
    [
        ("stops asked for", static half => Table.Count(half.Asked)),
        ("stops that reached the engine", static half => Table.Count(half.Reached)),
        ("open in the engine at the worst", static half => Table.Count(half.Worst)),
        ("still open in the engine, all callers gone", static half => Table.Count(half.Last.Open)),
        ("  open connections", static half => Table.Count(half.Last.Connections)),
        ("  goroutines", static half => Table.Count(half.Last.Goroutines)),
        ("  their memory, at 63 KiB each as measured", static half => Table.Bytes(half.Last.OpenBytes)),
        ("memory of the proxy (not native here)", static half => Table.Bytes(half.ProxyMemory)),
        ("callers answered", static half => Table.Count(half.Answers.Answered)),
        ("  of these told why (503)", static half => Table.Count(half.Answers.Refused)),
        ("callers who gave up without an answer", static half => Table.Count(half.Answers.GaveUp)),
        ("first answer after", static half => Table.Seconds(half.Answers.First)),
        ("stop of a healthy container meanwhile", static half => Table.Milliseconds(half.OtherStop)),
        ("list of containers meanwhile", static half => Table.Milliseconds(half.List)),
        ("file system back: engine free after", static half => Table.Seconds(half.Recovery)),
    ];

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
