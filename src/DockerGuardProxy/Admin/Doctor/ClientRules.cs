using DockerGuardProxy.Text;

namespace DockerGuardProxy.Admin.Doctor;

/// <summary>Who goes round the proxy, and what that has cost the engine. Pure.</summary>
internal static class ClientRules
{
    private const int MaxListed = 8;

    /// <summary>Every finding about clients.</summary>
    public static IEnumerable<Finding> Judge(Examination found) =>
    [
        .. Clients(found),
        .. Signals(found),
        .. Kept(found),
        .. (found.Agents ?? []).Select(agent => Agent(agent, found)),
        .. Bound(found),
    ];

    /// <summary>The first few of a list.</summary>
    internal static string List(IEnumerable<string> items)
    {
        var all = items.ToArray();
        return string.Join(", ", all.Take(MaxListed)) + (all.Length > MaxListed ? $" and {all.Length - MaxListed} more" : "");
    }

    /// <summary>A container as people call it.</summary>
    internal static string Name(SeenContainer container)
    {
        var id = Clean(ShortId.Of(container.Id));
        return container.Name.Length > 0 ? $"{Clean(container.Name)} ({id})" : id;
    }

    private static IEnumerable<Finding> Clients(Examination found)
    {
        const string check = "clients";
        if (found.Engine.Clients is not { } clients)
        {
            // Without an engine there is nobody.
            return found.Engine.Error is null
                ? [Finding.Unknown(
                    check, "who is connected to the engine's socket can't be told", "run doctor as root, in the network namespace of the host")]
                : [];
        }

        var direct = clients.Where(
            client => client.Pid != found.OwnPid && client.Pid != found.Proxy?.Proxy.Pid && client.Comm != SeenProcess.ProxyComm).ToArray();
        var unseen = found.Engine.UnseenClients > 0 ? $"{found.Engine.UnseenClients} connections of processes that are not seen" : null;
        if (direct.Length == 0 && unseen is null)
            return [Finding.Ok(check, "nobody but the proxy is connected to the engine's socket now")];
        return
        [
            Finding.Problem(
                check,
                $"the engine's own socket is used by {List([.. direct.Select(client => Clean(client.ToString())), .. unseen is null ? [] : new[] { unseen }])}: their calls are not guarded",
                $"point them at {Clean(found.Listen)} (DOCKER_HOST, --docker-endpoint), or let the proxy stand in for the engine's path (docs/stand-in.md)"),
        ];
    }

    private static IEnumerable<Finding> Signals(Examination found)
    {
        if (found.Proxy?.Calls is not { Bypassed: > 0 } calls)
            yield break;
        var last = calls.LastBypass is { } bypass
            ? $"; the last, {Clean(bypass.Signal ?? "of no number")}, to {Name(new SeenContainer(bypass.Id, bypass.Name))} at {UtcTime.Of(bypass.Time)}"
            : "";
        yield return Finding.Problem(
            "signals", $"since the proxy started the engine sent {calls.Bypassed} signals for clients that do not come through it{last}",
            "find who stops containers by another way: scripts with their own DOCKER_HOST, containers that have bound the engine's socket");
    }

    private static IEnumerable<Finding> Kept(Examination found)
    {
        var engine = found.Engine;
        if (engine.Peerless is { } peerless)
        {
            yield return peerless == 0
                ? Finding.Ok("connections", "the engine keeps no connection whose client is gone")
                : Finding.Problem(
                    "connections", $"the engine keeps {peerless} connections whose clients are gone, each with two goroutines, for calls that do not end",
                    "they end with the containers, or with a restart of dockerd (live-restore keeps what runs); that they do not come again, see clients");
        }

        var ours = found.Proxy?.Calls.Open ?? 0;
        if (engine.WaitingGoroutines is { } waiting)
        {
            yield return waiting <= ours
                ? Finding.Ok("goroutines", $"{waiting} of the engine's goroutines wait for a container to end; {ours} calls of the proxy are open")
                : Finding.Problem(
                    "goroutines", $"{waiting} of the engine's goroutines wait in Daemon.Kill or containerStop, and only {ours} calls of the proxy are open",
                    "the others came another way, or before the proxy: they end with the containers, or with a restart of dockerd");
        }
        else if (engine.IsDebug == false)
        {
            yield return Finding.Note(
                "goroutines",
                "the engine is not in debug mode: how many of its goroutines wait is not to be seen",
                "\"debug\": true in /etc/docker/daemon.json and systemctl reload docker, if you want to know");
        }
    }

    private static Finding Agent(NodeAgent agent, Examination found)
    {
        var check = agent.Process.Comm;
        var who = $"pid {agent.Process.Pid}";
        if (agent.Endpoint is null)
            return Finding.Ok(check, $"{who} uses no Docker engine by itself");
        var endpoint = Clean(agent.Endpoint);
        if (agent.Leads == SocketOwner.Proxy)
            return Finding.Ok(check, $"{who} is pointed at the proxy by {endpoint}");
        if (!agent.IsCertain)
            return Finding.Unknown(check, $"{who} does not say which runtime it uses; with dockershim it would use {endpoint}, {Where(agent.Leads)}");
        return Finding.Problem(
            check, $"{who} uses {endpoint}, {Where(agent.Leads)}", $"start it with --docker-endpoint=unix://{Clean(found.Listen)}");
    }

    private static IEnumerable<Finding> Bound(Examination found)
    {
        if (found.Bound is not { } bound)
            yield break;
        var wrong = bound.Where(socket => socket.Leads is SocketOwner.Engine or SocketOwner.Nobody or SocketOwner.Other).ToArray();
        foreach (var group in wrong.GroupBy(socket => socket.Leads))
        {
            yield return Finding.Problem(
                "containers", $"{List(group.Select(socket => $"{Name(socket.Container)} at {Clean(socket.Point)}"))}: bound to a file that is {Where(group.Key)}",
                group.Key == SocketOwner.Nobody
                    ? "restart them: a new run binds the file that is there now"
                    : $"make them anew with {Clean(found.Listen)} bound in its place, or let the proxy stand in for the engine's path (docs/stand-in.md) and restart them");
        }

        if (wrong.Length == 0)
        {
            yield return Finding.Ok(
                "containers",
                bound.Count == 0
                    ? "no running container has bound the engine's socket"
                    : $"{bound.Count} bound the engine's socket, and reach the proxy by it");
        }
    }

    private static string Where(SocketOwner owner) => owner switch
    {
        SocketOwner.Engine => "the engine's own socket",
        SocketOwner.Nobody => "no socket that anybody serves",
        SocketOwner.Other => "somebody else's socket",
        _ => "and whose that is can't be told",
    };

    private static string Clean(string foreign) => LogText.Escape(foreign, 128);
}
