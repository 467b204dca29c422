namespace DockerGuardProxy.Calls;

/// <summary>
/// A watched call under way. Each client connection has one and uses it again for its next call: HTTP/1.1 serves one at a time, and watching
/// must not allocate.
/// </summary>
internal sealed class LongCall
{
    private const string Containers = "/containers/", Exec = "/exec/";

    public LongCall() => Node = new LinkedListNode<LongCall>(this);

    /// <summary>Its place among the open ones.</summary>
    public LinkedListNode<LongCall> Node { get; }

    public LongCallKind Kind { get; set; }

    /// <summary>The target as it came.</summary>
    public string Target { get; set; } = "";

    /// <summary>Timestamp of its arrival.</summary>
    public long Began { get; set; }

    /// <summary>The container as the caller of a recognised call names it; the exec instance for <see cref="LongCallKind.Exec"/>. Decoded.</summary>
    public static string ReferenceOf(LongCallKind kind, string target)
    {
        var prefix = kind == LongCallKind.Exec ? Exec : Containers;
        var path = PathOf(target);
        path = path[(path.IndexOf(prefix) + prefix.Length)..];
        if (kind == LongCallKind.Attach && path.EndsWith("/ws"))
            path = path[..^"/ws".Length];
        return Uri.UnescapeDataString(path[..path.LastIndexOf('/')]);
    }

    /// <summary>
    /// Tells which kind a request is, without allocating. By its plain spelling alone: one that is missed is not counted, and that is all.
    /// </summary>
    public static bool TryRecognise(string method, ReadOnlySpan<char> target, out LongCallKind kind)
    {
        kind = default;
        var path = PathOf(target);
        var slash = path.LastIndexOf('/');
        if (slash < 0)
            return false;
        var (found, isPost, prefix) = path[(slash + 1)..] switch
        {
            "json" => (LongCallKind.Inspect, false, Containers),
            "stats" => (LongCallKind.Stats, false, Containers),
            "logs" => (LongCallKind.Logs, false, Containers),
            "wait" => (LongCallKind.Wait, true, Containers),
            "attach" => (LongCallKind.Attach, true, Containers),
            "ws" => (LongCallKind.Attach, false, Containers),
            "start" => (LongCallKind.Exec, true, Exec),
            _ => (default, false, ""),
        };
        var start = prefix.Length == 0 ? -1 : path.IndexOf(prefix);
        if (start < 0 || start + prefix.Length > slash || method != (isPost ? "POST" : "GET"))
            return false;
        if (path.EndsWith("/ws") && !path.EndsWith("/attach/ws"))
            return false;
        kind = found;
        return true;
    }

    private static ReadOnlySpan<char> PathOf(ReadOnlySpan<char> target) => target.IndexOf('?') is var mark and >= 0 ? target[..mark] : target;
}

/// <summary>Calls that pile up in the engine when a container's lock, shim or disk hangs. They are watched and always pass.</summary>
internal enum LongCallKind
{
    /// <summary><c>POST /exec/{id}/start</c>.</summary>
    Exec,

    /// <summary><c>GET /containers/{name}/json</c>.</summary>
    Inspect,

    /// <summary><c>GET /containers/{name}/stats</c>.</summary>
    Stats,

    /// <summary><c>POST /containers/{name}/attach</c>, or by websocket.</summary>
    Attach,

    /// <summary><c>GET /containers/{name}/logs</c>.</summary>
    Logs,

    /// <summary><c>POST /containers/{name}/wait</c>.</summary>
    Wait,
}

/// <summary>The open calls of one kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Count">How many.</param>
/// <param name="Oldest">Age of the oldest.</param>
internal readonly record struct OpenLongCalls(LongCallKind Kind, int Count, TimeSpan Oldest);
