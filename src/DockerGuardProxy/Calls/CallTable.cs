using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace DockerGuardProxy.Calls;

/// <summary>
/// The calls of the Docker Engine API that are recognised, spelled once: the matcher, the guard's policies, their settings, status and telemetry
/// follow this list. A request belongs to a row exactly if dockerd's router takes it there, whatever its spelling.
/// </summary>
internal sealed class CallTable
{
    private static readonly SearchValues<char> Visible = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (char)c)]);
    private static readonly SearchValues<byte> VisibleBytes = SearchValues.Create([.. Enumerable.Range('!', '~' - '!' + 1).Select(c => (byte)c)]);

    private readonly ImmutableArray<(string Method, CallRow[] Rows)> _byMethod;

    /// <param name="rows">In the order in which dockerd registers them: the first that fits takes a request.</param>
    public CallTable(ImmutableArray<CallRow> rows)
    {
        Rows = rows;
        _byMethod = [.. rows.GroupBy(row => row.Method).Select(group => (group.Key, group.ToArray()))];
    }

    /// <summary>
    /// Those of dockerd from 18.09 on: moby <c>api/server/router</c> (<c>daemon/server/router</c> from 29 on), each in the file named after its
    /// folder. Of GET and HEAD only what is more than a question stands here; what stands nowhere is passed, and understood first if it is neither.
    /// <c>POST /containers/prune</c> is not spliced: it changes the index.
    /// </summary>
    public static CallTable Docker { get; } = new(
    [
        // container: calls that can end a run
        new("POST", "/containers/{name:.*}/stop")
            { Name = "stop", Family = Family.Ending, Operation = Operation.Stop, Changes = ChangingCallKind.Stop },
        new("POST", "/containers/{name:.*}/kill")
        {
            Name = "kill", Family = Family.Ending, Operation = Operation.Kill, Changes = ChangingCallKind.Kill,
            Which = " with SIGKILL; other signals always pass.",
        },
        new("POST", "/containers/{name:.*}/restart")
            { Name = "restart", Family = Family.Ending, Operation = Operation.Restart, Changes = ChangingCallKind.Restart },

        // checkpoint: registered before all others, on engines without experimental features too
        new("DELETE", "/containers/{name}/checkpoints/{checkpoint}") { IsSpliced = true },
        new("POST", "/containers/{name:.*}/checkpoints") { IsSpliced = true },

        new("DELETE", "/containers/{name:.*}")
        {
            Name = "remove", Family = Family.Ending, Operation = Operation.Remove, Changes = ChangingCallKind.Remove, Which = "?force=1",
        },

        // container: calls that change the index
        new("POST", "/containers/create") { Changes = ChangingCallKind.Create },
        new("POST", "/containers/prune") { Name = "prune" },
        new("POST", "/containers/{name:.*}/start")
            { Name = "start", Family = Family.Lock, Lock = LockPart.Permit | LockPart.Holder, Changes = ChangingCallKind.Start },
        new("POST", "/containers/{name:.*}/rename")
            { Name = "rename", Family = Family.Lock, Lock = LockPart.Permit, Changes = ChangingCallKind.Rename },

        // container: calls that wait for its lock, its shim or its end. What docker run sends one after the other, and waits for, is never held
        new("POST", "/exec/{name:.*}/start")
            { Name = "exec", Lock = LockPart.HolderAtStart, MayHijack = true, IsSpliced = true, Stream = StreamKind.Exec },
        new("GET", "/containers/{name:.*}/json")
        {
            Name = "inspect", Family = Family.Lock, Lock = LockPart.Permit | LockPart.Holdable | LockPart.Tellable, ReadsExecs = true,
            IsSpliced = true,
        },
        new("GET", "/containers/{name:.*}/stats") { Name = "stats", Family = Family.Stats, IsSpliced = true },
        new("GET", "/containers/{name:.*}/top")
        {
            Name = "top", Family = Family.Lock, Lock = LockPart.Permit | LockPart.Holdable | LockPart.Tellable, IsSpliced = true,
        },
        new("GET", "/containers/{name:.*}/logs")
        {
            Name = "logs", Family = Family.Lock, Lock = LockPart.Permit | LockPart.Holdable | LockPart.Tellable, IsSpliced = true,
        },
        new("GET", "/containers/{name:.*}/changes")
        {
            Name = "changes", Family = Family.Lock, Lock = LockPart.Holdable | LockPart.Tellable | LockPart.Holder, IsSpliced = true,
        },
        new("POST", "/containers/{name:.*}/exec")
            { Name = "exec-create", Family = Family.Lock, Lock = LockPart.Permit | LockPart.Holdable, IsSpliced = true, MakesExec = true },
        new("POST", "/containers/{name:.*}/attach")
        {
            Name = "attach", Family = Family.Lock, Lock = LockPart.Permit, MayHijack = true, IsSpliced = true, Stream = StreamKind.Attach,
        },
        new("GET", "/containers/{name:.*}/attach/ws")
            { Name = "attach", Family = Family.Lock, Lock = LockPart.Permit, MayHijack = true, Stream = StreamKind.Attach },
        new("POST", "/containers/{name:.*}/wait") { Name = "wait", Family = Family.Lock, Lock = LockPart.Permit, IsSpliced = true },
        new("POST", "/containers/{name:.*}/update") { Name = "update", Family = Family.Lock, Lock = LockPart.Permit, IsSpliced = true },
        new("POST", "/containers/{name:.*}/pause") { Name = "pause", Family = Family.Lock, Lock = LockPart.Holder, IsSpliced = true },
        new("POST", "/containers/{name:.*}/unpause") { Name = "unpause", Family = Family.Lock, Lock = LockPart.Holder, IsSpliced = true },
        new("HEAD", "/containers/{name:.*}/archive")
            { Name = "archive", Family = Family.Lock, Lock = LockPart.Permit | LockPart.Holdable, IsSpliced = true },
        new("GET", "/containers/{name:.*}/archive")
        {
            Name = "archive", Family = Family.Lock, Lock = LockPart.Permit | LockPart.Holder, IsSpliced = true, Stream = StreamKind.Download,
        },
        new("PUT", "/containers/{name:.*}/archive")
        {
            Name = "archive", Family = Family.Lock, Lock = LockPart.Permit | LockPart.Holder, IsSpliced = true, Stream = StreamKind.Upload,
        },

        // container: the rest
        new("POST", "/exec/{name:.*}/resize") { IsSpliced = true },
        new("POST", "/containers/{name:.*}/resize") { IsSpliced = true },
        new("POST", "/commit") { IsSpliced = true },

        // image
        new("POST", "/images/load") { IsSpliced = true },
        new("POST", "/images/create") { IsSpliced = true },
        new("POST", "/images/{name:.*}/push") { IsSpliced = true },
        new("POST", "/images/{name:.*}/tag") { IsSpliced = true },
        new("POST", "/images/prune") { IsSpliced = true },
        new("DELETE", "/images/{name:.*}") { IsSpliced = true },

        // system, volume, build, session, network, grpc
        new("GET", "/events") { IsSpliced = true, Stream = StreamKind.Events },
        new("POST", "/auth") { IsSpliced = true },
        new("POST", "/volumes/create") { IsSpliced = true },
        new("POST", "/volumes/prune") { IsSpliced = true },
        new("PUT", "/volumes/{name:.*}") { IsSpliced = true },
        new("DELETE", "/volumes/{name:.*}") { IsSpliced = true },
        new("POST", "/build") { IsSpliced = true },
        new("POST", "/build/prune") { IsSpliced = true },
        new("POST", "/build/cancel") { IsSpliced = true },
        new("POST", "/session") { MayHijack = true, IsSpliced = true },
        new("POST", "/networks/create") { IsSpliced = true },
        new("POST", "/networks/{id:.*}/connect") { IsSpliced = true },
        new("POST", "/networks/{id:.*}/disconnect") { IsSpliced = true },
        new("POST", "/networks/prune") { IsSpliced = true },
        new("DELETE", "/networks/{id:.*}") { IsSpliced = true },
        new("POST", "/grpc") { MayHijack = true, IsSpliced = true },

        // plugin
        new("POST", "/plugins/pull") { IsSpliced = true },
        new("POST", "/plugins/create") { IsSpliced = true },
        new("POST", "/plugins/{name:.*}/enable") { IsSpliced = true },
        new("POST", "/plugins/{name:.*}/disable") { IsSpliced = true },
        new("POST", "/plugins/{name:.*}/push") { IsSpliced = true },
        new("POST", "/plugins/{name:.*}/upgrade") { IsSpliced = true },
        new("POST", "/plugins/{name:.*}/set") { IsSpliced = true },
        new("DELETE", "/plugins/{name:.*}") { IsSpliced = true },

        // swarm
        new("POST", "/swarm/init") { IsSpliced = true },
        new("POST", "/swarm/join") { IsSpliced = true },
        new("POST", "/swarm/leave") { IsSpliced = true },
        new("POST", "/swarm/update") { IsSpliced = true },
        new("POST", "/swarm/unlock") { IsSpliced = true },
        new("POST", "/services/create") { IsSpliced = true },
        new("POST", "/services/{id}/update") { IsSpliced = true },
        new("DELETE", "/services/{id}") { IsSpliced = true },
        new("POST", "/nodes/{id}/update") { IsSpliced = true },
        new("DELETE", "/nodes/{id}") { IsSpliced = true },
        new("POST", "/secrets/create") { IsSpliced = true },
        new("POST", "/secrets/{id}/update") { IsSpliced = true },
        new("DELETE", "/secrets/{id}") { IsSpliced = true },
        new("POST", "/configs/create") { IsSpliced = true },
        new("POST", "/configs/{id}/update") { IsSpliced = true },
        new("DELETE", "/configs/{id}") { IsSpliced = true },
    ]);

    /// <summary>All of it.</summary>
    public ImmutableArray<CallRow> Rows { get; }

    /// <summary>The rows of a family.</summary>
    public IEnumerable<CallRow> Of(Family family) => Rows.Where(row => row.Family == family);

    /// <summary>What is known of a request, from its line alone. Nothing is allocated, but for a very long path.</summary>
    /// <param name="method">As it came.</param>
    /// <param name="rawTarget">The request target as it came; chars up to U+00FF stand for one byte each.</param>
    public CallMatch Match(ReadOnlySpan<char> method, ReadOnlySpan<char> rawTarget)
    {
        if (!RequestTarget.TryParse(rawTarget, out var target)) return default;
        var path = RoutePath.Of(target.Path, stackalloc byte[RoutePath.Room]);
        var row = Row(method, path, out _);
        var isOrdinary = rawTarget is ['/', ..] && !rawTarget.ContainsAnyExcept(Visible);
        return new(row, isOrdinary ? LaneOf(row, path, method is "GET" or "HEAD") : Lane.Http);
    }

    /// <summary>
    /// The same of bytes. A target that is not of origin form and visible ASCII is not looked at: it has no row, and its lane is HTTP.
    /// </summary>
    /// <param name="method">As it came.</param>
    /// <param name="rawTarget">As it came.</param>
    public CallMatch Match(ReadOnlySpan<byte> method, ReadOnlySpan<byte> rawTarget)
    {
        if (rawTarget is not [(byte)'/', ..] || rawTarget.ContainsAnyExcept(VisibleBytes)) return default;
        var mark = rawTarget.IndexOf((byte)'?');
        var path = RoutePath.Of(mark < 0 ? rawTarget : rawTarget[..mark], stackalloc byte[RoutePath.Room]);
        CallRow? row = null;
        foreach (var (known, rows) in _byMethod)
        {
            if (Ascii.Equals(method, known)) row = Row(rows, path, out _);
        }

        return new(row, LaneOf(row, path, method.SequenceEqual("GET"u8) || method.SequenceEqual("HEAD"u8)));
    }

    /// <summary>The row of a request; null for none.</summary>
    /// <param name="method">As it came.</param>
    /// <param name="path">Its path.</param>
    /// <param name="name">What the first variable of the template takes of <see cref="RoutePath.Route"/>.</param>
    public CallRow? Row(ReadOnlySpan<char> method, RoutePath path, out Range name)
    {
        name = default;
        foreach (var (known, rows) in _byMethod)
        {
            if (method.SequenceEqual(known)) return Row(rows, path, out name);
        }

        return null;
    }

    private static CallRow? Row(CallRow[] rows, RoutePath path, out Range name)
    {
        foreach (var row in rows)
        {
            if (row.Route.TryMatch(path.Route, out name)) return path.IsClean() ? row : null;
        }

        name = default;
        return null;
    }

    // Questions may be spliced but for what must be understood. Of all that changes something only known routes, spelled beyond doubt: a list of
    // what is guarded would be the wrong way round.
    private static Lane LaneOf(CallRow? row, RoutePath path, bool asks)
    {
        if (path.Whole.IsEmpty) return Lane.Http;
        return (row is null ? asks : row.IsSpliced && (asks || path.IsPlain)) ? Lane.Splice : Lane.Http;
    }
}
