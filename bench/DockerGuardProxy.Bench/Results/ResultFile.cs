namespace DockerGuardProxy.Bench.Results;

/// <summary>The page with the tables. What stands above its mark is written by people and stays.</summary>
internal static class ResultFile
{
    private const string Mark = "<!-- Below: written by bench/run -->";

    /// <summary>Replaces everything below the mark; where there is none, all that is there stays above it.</summary>
    public static async Task WriteAsync(string file, string machine, IEnumerable<string> tables)
    {
        var text = File.Exists(file) ? await File.ReadAllTextAsync(file) : "";
        var end = text.IndexOf(Mark, StringComparison.Ordinal);
        var kept = end < 0 ? text : text[..end];
        await File.WriteAllTextAsync(file, $"{kept}{Mark}\n\n{machine}\n{string.Concat(tables).TrimEnd()}\n");
    }
}
