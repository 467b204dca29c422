using System.Globalization;

namespace DockerGuardProxy.Demo.Show;

/// <summary>Both sides of a scenario beside each other, row by row, and figures as they are written there.</summary>
internal static class Table
{
    private const int LabelWidth = 42, ColumnWidth = 12;

    /// <summary>A row: what it tells, directly and guarded.</summary>
    public static string Row(string label, string direct, string guarded) => $"{label,-LabelWidth}{direct,ColumnWidth}{guarded,ColumnWidth}";

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Bytes(long? bytes) =>
        bytes is { } b ? string.Create(CultureInfo.InvariantCulture, $"{b / 1048576.0:0.0} MiB") : "-";

    public static string Seconds(TimeSpan? time) =>
        time is { } t ? string.Create(CultureInfo.InvariantCulture, $"{t.TotalSeconds:0.00} s") : "never";

    public static string Milliseconds(TimeSpan? time) =>
        time is { } t ? string.Create(CultureInfo.InvariantCulture, $"{t.TotalMilliseconds:0} ms") : "no answer";

    /// <summary>The status, under what it is; nothing where there is none.</summary>
    /// <param name="status">What the command printed.</param>
    /// <param name="when">While what was so.</param>
    public static IEnumerable<string> Status(string status, string when)
    {
        if (status.Length == 0) yield break;
        yield return "";
        yield return $"docker-guard-proxy status, {when}:";
        foreach (var line in status.TrimEnd().Split('\n')) yield return "  " + line;
    }
}
