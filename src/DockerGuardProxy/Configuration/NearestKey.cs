namespace DockerGuardProxy.Configuration;

/// <summary>Finds what a misspelt key was meant to be.</summary>
internal static class NearestKey
{
    /// <summary>The candidate with the least edit distance, case aside; null where none is near enough to be meant.</summary>
    public static string? Find(string written, IEnumerable<string> candidates)
    {
        string? nearest = null;
        var least = int.MaxValue;
        foreach (var candidate in candidates)
        {
            // One slip in three characters: beyond it a suggestion would only mislead. The length alone settles absurdly long keys.
            var limit = Math.Max(2, candidate.Length / 3);
            if (Math.Abs(written.Length - candidate.Length) > limit)
                continue;
            var distance = Distance(written, candidate);
            if (distance <= limit && distance < least && distance < candidate.Length)
                (nearest, least) = (candidate, distance);
        }

        return nearest;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours (optimal string alignment), case aside.</summary>
    internal static int Distance(string a, string b)
    {
        var beforeLast = new int[b.Length + 1];
        var last = new int[b.Length + 1];
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = Same(a[i - 1], b[j - 1]) ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + cost);
                if (i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]))
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }

            (beforeLast, last, row) = (last, row, beforeLast);
        }

        return last[b.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
