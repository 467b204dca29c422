using DockerGuardProxy.Admin.Report;

namespace DockerGuardProxy.Admin.Doctor;

/// <summary>All that the doctor has looked at. What could not be read is null.</summary>
internal sealed record Examination
{
    /// <summary>This very process, which is nobody's client.</summary>
    public int OwnPid { get; init; }

    /// <summary>What the proxy says of itself.</summary>
    public StatusReport? Proxy { get; init; }

    /// <summary>Why it says nothing.</summary>
    public string? ProxyError { get; init; }

    /// <summary>What is wrong with the configuration file; for a proxy that does not answer.</summary>
    public IReadOnlyList<string> ConfigurationErrors { get; init; } = [];

    /// <summary>The sockets that the proxy serves, or would.</summary>
    public IReadOnlyList<ServedSocket> Sockets { get; init; } = [];

    /// <summary>The engine.</summary>
    public EngineExamination Engine { get; init; } = new();

    /// <summary>All processes of the node are seen: /proc can be listed, and process 1 is there.</summary>
    public bool? SeesProcesses { get; init; }

    /// <summary>Processes whose cgroup is not understood.</summary>
    public int StrangeCgroups { get; init; }

    /// <summary>Ids of the containers whose processes are seen.</summary>
    public IReadOnlySet<string>? ContainersSeen { get; init; }

    /// <summary>Kubelets and cri-dockerds.</summary>
    public IReadOnlyList<NodeAgent>? Agents { get; init; }

    /// <summary>What containers have bound.</summary>
    public IReadOnlyList<BoundSocket>? Bound { get; init; }

    /// <summary>The socket that clients should use.</summary>
    public string Listen => Sockets.Count > 0 ? Sockets[0].Path : "";
}

/// <summary>A process of the node.</summary>
/// <param name="Pid">In our pid namespace.</param>
/// <param name="Comm">Its name, printable; empty where it was gone before it could be read.</param>
internal readonly record struct SeenProcess(int Pid, string Comm)
{
    /// <summary>What the kernel keeps of the program's name: 15 bytes.</summary>
    public const string ProxyComm = "docker-guard-pr";

    /// <inheritdoc/>
    public override string ToString() => Comm.Length > 0 ? $"{Comm} (pid {Pid})" : $"pid {Pid}";
}

/// <summary>A container that runs.</summary>
/// <param name="Id">Full id.</param>
/// <param name="Name">Its name; empty where the engine did not tell.</param>
internal sealed record SeenContainer(string Id, string Name);

/// <summary>A socket that the proxy should serve.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Exists">There is a socket.</param>
/// <param name="Listeners">Who holds the listening end; null where it can't be told.</param>
internal sealed record ServedSocket(string Path, bool Exists, IReadOnlyList<SeenProcess>? Listeners);

/// <summary>A kubelet or a cri-dockerd, and the engine's socket that it uses.</summary>
/// <param name="Process">The process.</param>
/// <param name="Endpoint">As its options say, or its default; null where it uses no engine but another runtime.</param>
/// <param name="IsCertain">False where it does not say whether it uses an engine at all.</param>
/// <param name="Leads">Whom it reaches there.</param>
internal sealed record NodeAgent(SeenProcess Process, string? Endpoint, bool IsCertain, SocketOwner Leads);

/// <summary>A socket of the engine's name that a container has bound as a file.</summary>
/// <param name="Container">Whose.</param>
/// <param name="Point">Where, in the container.</param>
/// <param name="Leads">Whom it reaches there.</param>
internal sealed record BoundSocket(SeenContainer Container, string Point, SocketOwner Leads);

/// <summary>Whom one reaches through a socket's file.</summary>
internal enum SocketOwner
{
    /// <summary>It can't be told.</summary>
    Unknown,

    /// <summary>The proxy.</summary>
    Proxy,

    /// <summary>The engine itself.</summary>
    Engine,

    /// <summary>Nobody: there is no such socket, or it is an old one that nobody serves any more.</summary>
    Nobody,

    /// <summary>Somebody else, or another machine.</summary>
    Other,
}
