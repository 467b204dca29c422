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
