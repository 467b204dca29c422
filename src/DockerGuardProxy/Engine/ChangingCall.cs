using System.Buffers;

namespace DockerGuardProxy.Engine;

/// <summary>
/// A call that changes what the index knows, or signals a container. Recognised from the raw target, by the routes of moby
/// <c>api/server/router/container</c>; a spelling that is missed here (an escaped slash in the route, a form body) costs nothing but the
/// time until its event comes.
/// </summary>
/// <param name="Kind">What it does.</param>
/// <param name="Reference">The container it names, decoded; empty for a creation.</param>
/// <param name="Name">The new name, decoded, as the caller spells it; null when there is none.</param>
internal readonly record struct ChangingCall(ChangingCallKind Kind, string Reference, string? Name)
{
    private const string Route = "/containers/";
    private static readonly SearchValues<char> Version = SearchValues.Create("0123456789.");

    /// <summary>Decides without allocating when the answer is no.</summary>
    public static bool TryRecognise(string method, ReadOnlySpan<char> target, out ChangingCall call)
    {
        call = default;
        var post = method == "POST";
        if (!post && method != "DELETE")
            return false;

        var mark = target.IndexOf('?');
        var query = mark < 0 ? default : target[(mark + 1)..];
        var path = SkipVersion(mark < 0 ? target : target[..mark]);
        if (!path.StartsWith(Route, StringComparison.Ordinal))
            return false;
        path = path[Route.Length..];

        if (!post)
        {
            // A semicolon hides from some engines that only a link is meant, an escape from us: the event will tell.
            if (path.IsEmpty || query.ContainsAny(';', '%'))
                return false;
            var link = IsTrue(QueryValue(query, "link"));
            call = new(link ? ChangingCallKind.Unlink : ChangingCallKind.Remove, Decode(path), null);
            return true;
        }

        if (path.SequenceEqual("create"))
            call = new(ChangingCallKind.Create, "", QueryValue(query, "name"));
        else if (Strip(ref path, "/start"))
            call = new(ChangingCallKind.Start, Decode(path), null);
        else if (Strip(ref path, "/rename"))
            call = new(ChangingCallKind.Rename, Decode(path).Trim(), QueryValue(query, "name")?.Trim());
        else if (Strip(ref path, "/kill"))
            call = new(ChangingCallKind.Kill, Decode(path), null);
        else if (Strip(ref path, "/stop"))
            call = new(ChangingCallKind.Stop, Decode(path), null);
        else if (Strip(ref path, "/restart"))
            call = new(ChangingCallKind.Restart, Decode(path), null);
        else
            return false;
        return true;
    }

    private static ReadOnlySpan<char> SkipVersion(ReadOnlySpan<char> path)
    {
        if (!path.StartsWith("/v"))
            return path;
        var rest = path[2..];
        var end = rest.IndexOfAnyExcept(Version);
        return end > 0 && rest[end] == '/' ? rest[end..] : path;
    }

    private static bool Strip(ref ReadOnlySpan<char> path, string action)
    {
        if (path.Length <= action.Length || !path.EndsWith(action, StringComparison.Ordinal))
            return false;
        path = path[..^action.Length];
        return true;
    }

    private static string Decode(ReadOnlySpan<char> path) =>
        path.Contains('%') ? Uri.UnescapeDataString(path) : path.ToString();

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

/// <summary>The calls that pass unchanged and yet tell the index, or <see cref="BypassWatch"/>, something.</summary>
internal enum ChangingCallKind
{
    /// <summary><c>POST /containers/create</c>.</summary>
    Create,

    /// <summary><c>POST /containers/{name}/start</c>.</summary>
    Start,

    /// <summary><c>POST /containers/{name}/rename</c>.</summary>
    Rename,

    /// <summary><c>DELETE /containers/{name}</c>, forced or not.</summary>
    Remove,

    /// <summary><c>DELETE /containers/{name}?link=1</c>, which removes an alias alone.</summary>
    Unlink,

    /// <summary><c>POST /containers/{name}/kill</c>, whatever its signal.</summary>
    Kill,

    /// <summary><c>POST /containers/{name}/stop</c>.</summary>
    Stop,

    /// <summary><c>POST /containers/{name}/restart</c>.</summary>
    Restart,
}
