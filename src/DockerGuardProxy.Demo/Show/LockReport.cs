using DockerGuardProxy.Demo.Incident;

namespace DockerGuardProxy.Demo.Show;

/// <summary>What the two sides of the lock's scenario came to, as text.</summary>
internal static class LockReport
{
    /// <summary>All in one line.</summary>
    public static string Sentence(LockHalf direct, LockHalf guarded) =>
        $"{Table.Count(direct.Asked)} looks behind a lock that hangs: +{Table.Count(direct.Goroutines)} goroutines, "
        + $"+{Table.Count(direct.Descriptors)} descriptors in the engine directly; +{Table.Count(guarded.Goroutines)}, "
        + $"+{Table.Count(guarded.Descriptors)} guarded";

    /// <summary>The table, line by line.</summary>
    public static IEnumerable<string> Lines(LockHalf direct, LockHalf guarded)
    {
        yield return Table.Row("", direct.Name, guarded.Name);
        foreach (var (label, value) in Rows) yield return Table.Row(label, value(direct), value(guarded));
    }

    private static readonly (string Label, Func<LockHalf, string> Value)[] Rows =
    [
        ("inspect, top and stats asked for", static half => Table.Count(half.Asked)),
        ("of these reached the engine", static half => Table.Count(half.Reached)),
        ("callers gone: goroutines more than before", static half => $"+{Table.Count(half.Goroutines)}"),
        ("  descriptors more than before", static half => $"+{Table.Count(half.Descriptors)}"),
        ("inspect and top of another one meanwhile", static half => Table.Milliseconds(half.Other)),
        ("list of containers meanwhile", static half => Table.Milliseconds(half.List)),
        ("lock free: answer to the one who waited", static half => Table.Seconds(half.Patient)),
        ("lock free: engine free after", static half => Table.Seconds(half.Recovery)),
    ];
}
