using System.Text;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Files;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Admin.Doctor;

/// <summary>One look at processes, their sockets and the containers' mounts. Blocks where procfs or a container's mount does.</summary>
/// <param name="procfs">Folder of procfs.</param>
/// <param name="listen">The sockets that the proxy serves, or would.</param>
/// <param name="engine">The engine's socket.</param>
internal sealed class NodeLook(string procfs, IReadOnlyList<string> listen, SocketIdentity engine)
{
    private const string DefaultName = "docker.sock", Deleted = "//deleted";

    private readonly SocketIdentity[] _ours = [.. listen.Select(SocketFile.Identity)];

    /// <summary>Adds what it sees.</summary>
    /// <param name="found">What was found before.</param>
    /// <param name="connections">The engine's connections; null where they can't be told.</param>
    public Examination Look(Examination found, IReadOnlyCollection<UnixSocket>? connections)
    {
        var table = ProcessTable.Read(procfs);
        var listeners = _ours.Select(file => file.Inode == 0 ? null : UnixDiagnostics.Of(file)?.Where(socket => socket.Listens).ToArray()).ToArray();
        var peers = connections?.Where(socket => socket.Peer != 0).Select(socket => socket.Peer).ToHashSet() ?? [];
        var holders = table.HoldersOf(listeners.SelectMany(sockets => sockets ?? []).Select(socket => socket.Inode).Concat(peers).ToHashSet());

        // Those that were closed meanwhile are not unseen but gone.
        var still = UnixDiagnostics.Of(engine)?.Select(socket => socket.Peer).ToHashSet() ?? [];
        var process = new PidFileIdentity(found.Engine.PidFile, procfs).Read() is { Pid: var pid }
            ? table.Processes.Find(seen => seen.Pid == pid)
            : default;
        return found with
        {
            Sockets =
            [
                .. listen.Select((path, i) => new ServedSocket(
                    path, _ours[i].Inode != 0, listeners[i]?.SelectMany(socket => holders.GetValueOrDefault(socket.Inode, [])).Distinct().ToArray())),
            ],
            Engine = found.Engine with
            {
                Process = process.Pid > 0 ? process : null,
                Clients = connections is null
                    ? null
                    : peers.SelectMany(peer => holders.GetValueOrDefault(peer, [])).Distinct().OrderBy(client => client.Pid).ToArray(),
                UnseenClients = peers.Count(peer => !holders.ContainsKey(peer) && still.Contains(peer)),
            },
            SeesProcesses = table.IsWhole,
            StrangeCgroups = table.Strange,
            ContainersSeen = table.Containers,
            // Those of containers, where whole clusters may run, are no agents of this node.
            Agents =
            [
                .. table.Processes.Where(seen => seen.Comm is "kubelet" or "cri-dockerd" && table.IsHosts(seen.Pid) != false)
                    .Select(agent => Ask(agent, table)),
            ],
            Bound = [.. Containers(found, table).SelectMany(container => BoundBy(container, table))],
        };
    }

    private static IEnumerable<SeenContainer> Containers(Examination found, ProcessTable table) =>
        found.Engine.Running ?? [.. table.Containers.Select(id => new SeenContainer(id, ""))];

    private NodeAgent Ask(SeenProcess agent, ProcessTable table)
    {
        var arguments = table.IsHosts(agent.Pid) == true ? table.CommandLineOf(agent.Pid) : [];
        var file = AgentEndpoint.Option(arguments, "--config");
        var (endpoint, isCertain) = AgentEndpoint.Of(agent.Comm, arguments, file is null ? null : ReadText(InRootOf(agent.Pid, file)));
        var leads = endpoint?.StartsWith("unix://", StringComparison.Ordinal) == true
            ? OwnerOf(SocketFile.Identity(InRootOf(agent.Pid, endpoint["unix://".Length..])))
            : SocketOwner.Other;
        return new NodeAgent(agent, endpoint, isCertain && arguments.Count > 0, leads);
    }

    // A bound socket is a mount of its own: its root is the file, and says so where that was deleted since. A bound folder shows whatever
    // is in it now.
    private IEnumerable<BoundSocket> BoundBy(SeenContainer container, ProcessTable table)
    {
        if (table.ProcessOf(container.Id) is not { } pid)
            yield break;
        var points = new HashSet<string>(StringComparer.Ordinal);
        foreach (var mount in table.MountsOf(pid))
        {
            var file = Path.GetFileName(mount.Root.EndsWith(Deleted, StringComparison.Ordinal) ? mount.Root[..^Deleted.Length] : mount.Root);
            if ((file == DefaultName || listen.Any(path => Path.GetFileName(path) == file)) && mount.Point != "/" && points.Add(mount.Point))
                yield return new BoundSocket(container, mount.Point, OwnerOf(SocketFile.Identity(InRootOf(pid, mount.Point))));
        }
    }

    private SocketOwner OwnerOf(SocketIdentity file) =>
        file.Inode == 0 ? SocketOwner.Nobody
        : _ours.Contains(file) ? SocketOwner.Proxy
        : file == engine ? SocketOwner.Engine
        : UnixDiagnostics.Of(file) is not { } sockets ? SocketOwner.Unknown
        : sockets.Any(socket => socket.Listens) ? SocketOwner.Other
        : SocketOwner.Nobody;

    private string InRootOf(int pid, string path) => $"{procfs}/{pid}/root{path}";

    private static string? ReadText(string path) =>
        SmallFile.Read(path).Bytes is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
