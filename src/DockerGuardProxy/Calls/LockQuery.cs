namespace DockerGuardProxy.Calls;

/// <summary>
/// What of a target tells whether its call waits for a lock. Read leniently: a spelling that nobody writes is counted like the usual one.
/// </summary>
internal static class LockQuery
{
    /// <summary>Whether a flag is set, as moby's <c>httputils.BoolValue</c> reads it.</summary>
    public static bool IsSet(ReadOnlySpan<char> rawTarget, ReadOnlySpan<char> flag)
    {
        var mark = rawTarget.IndexOf('?');
        if (mark < 0) return false;
        var query = rawTarget[(mark + 1)..];
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            if (!pair.StartsWith(flag) || pair.Length == flag.Length || pair[flag.Length] != '=') continue;

            // The first one counts (url.Values.Get).
            var value = pair[(flag.Length + 1)..].Trim();
            return !(value.IsEmpty || value is "0" || Is(value, "no") || Is(value, "false") || Is(value, "none"));
        }

        return false;

        static bool Is(ReadOnlySpan<char> value, string word) => value.Equals(word, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The API version that it names; null for none, which stands for the engine's newest.</summary>
    public static ApiVersion? VersionOf(ReadOnlySpan<char> rawTarget)
    {
        if (!RequestTarget.TryParse(rawTarget, out var target)) return null;
        var path = RoutePath.Of(target.Path, stackalloc byte[RoutePath.Room]);
        return path.Version.IsEmpty ? null : ApiVersion.Parse(path.Version);
    }
}
