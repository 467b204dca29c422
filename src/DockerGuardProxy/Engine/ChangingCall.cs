using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Engine;

/// <summary>
/// A call that changes what the index knows, or signals a container: its row in <see cref="CallTable"/> says so. What only a form body says is missed
/// here; it costs nothing but the time until its event comes.
/// </summary>
/// <param name="Kind">What it does.</param>
/// <param name="Reference">The container it names, decoded; empty for a creation.</param>
/// <param name="Name">The new name, decoded, as the caller spells it; null when there is none.</param>
internal readonly record struct ChangingCall(ChangingCallKind Kind, string Reference, string? Name)
{
    /// <summary>Decides without allocating when the answer is no.</summary>
    public static bool TryRecognise(string method, ReadOnlySpan<char> target, out ChangingCall call)
    {
        call = default;
        if (CallTable.Docker.Match(method, target).Row is not { Changes: { } kind } row) return false;

        var mark = target.IndexOf('?');
        var query = mark < 0 ? default : target[(mark + 1)..];
        if (kind == ChangingCallKind.Remove)
        {
            // A semicolon hides from some engines that only a link is meant, an escape from us: the event will tell.
            if (query.ContainsAny(';', '%')) return false;
            if (IsTrue(QueryValue(query, "link"))) kind = ChangingCallKind.Unlink;
        }

        var reference = row.ReferenceIn(target);
        call = kind switch
        {
            ChangingCallKind.Create => new(kind, reference, QueryValue(query, "name")),
            ChangingCallKind.Rename => new(kind, reference.Trim(), QueryValue(query, "name")?.Trim()),
            _ => new(kind, reference, null),
        };
        return true;
    }

    /// <summary>The first value of the key, as Go's <c>url.ParseQuery</c> reads it; a pair with a semicolon is skipped there.</summary>
    private static string? QueryValue(ReadOnlySpan<char> query, string key)
    {
        foreach (var range in query.Split('&'))
        {
            var pair = query[range];
            var equals = pair.IndexOf('=');
            var name = equals < 0 ? pair : pair[..equals];
            if (!name.SequenceEqual(key) || pair.Contains(';'))
                continue;
            var value = equals < 0 ? "" : pair[(equals + 1)..].ToString();
            return value.AsSpan().ContainsAny('%', '+') ? Uri.UnescapeDataString(value.Replace('+', ' ')) : value;
        }

        return null;
    }

    /// <summary>moby <c>httputils.BoolValue</c>.</summary>
    private static bool IsTrue(string? value) =>
        value?.Trim().ToUpperInvariant() is not (null or "" or "0" or "NO" or "FALSE" or "NONE");
}
