using System.Collections.Immutable;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;

namespace DockerGuardProxy.State;

/// <summary>
/// What outlives the process: the ledger's containers with evidence, and of which boot and engine they are. Times without a zone count from
/// boot.
/// </summary>
/// <param name="Version">Of this format.</param>
/// <param name="Boot">The kernel's boot_id (random(4)).</param>
/// <param name="Engine">The engine's process.</param>
/// <param name="EngineVersion">Its version; null if it was not known.</param>
/// <param name="Containers">By id.</param>
internal sealed record StateDocument(
    int Version, string Boot, EngineInstance Engine, string? EngineVersion, ImmutableArray<RememberedContainer> Containers)
{
    /// <summary>Changes when an older program would misread what a newer one writes: keys that it may pass over don't change it.</summary>
    public const int FormatVersion = 1;

    /// <summary>Containers in one file: a node rarely runs more.</summary>
    public const int MaxContainers = 256;

    // Characters that people chose for one container, its name and its pod's. The engine itself sets no limit.
    private const int MaxText = 4096;

    /// <summary>
    /// The containers, the most important first: those that are stuck before those that are only about to be, and of them the longest stuck,
    /// for whom the most callers have asked. Without those whose names would fill the file.
    /// </summary>
    public RememberedContainer[] ByImportance() =>
    [
        .. Containers.Where(remembered => TextOf(remembered.Container) <= MaxText).OrderByDescending(remembered => remembered.IsStuckReported)
            .ThenBy(remembered => remembered.EvidenceSince).ThenBy(remembered => remembered.Container.Id, StringComparer.Ordinal),
    ];

    private static int TextOf(GuardedContainer container) => container.Name.Length + (container.StopSignal?.Length ?? 0)
        + (container.Pod is { } pod ? pod.Namespace.Length + pod.Name.Length + (pod.Uid?.Length ?? 0) : 0);

    /// <summary>True where each part is one that this program could have written: a file may be damaged, or somebody's.</summary>
    public bool IsSound => Version == FormatVersion && Boot is not null && !Containers.IsDefault && Containers.All(IsSoundContainer)
        && Containers.DistinctBy(remembered => remembered.Container.Id).Count() == Containers.Length;

    private static bool IsSoundContainer(RememberedContainer? remembered) =>
        remembered is { Container: { Id.Length: 64, Name: not null }, Evidence: { IsEvidence: true, Tasks.IsDefaultOrEmpty: false } }
        && remembered.Container.Id.All(char.IsAsciiHexDigitLower)
        && remembered.Evidence.MoreTasks >= 0
        && remembered.Evidence.Tasks.All(task => task is { Comm: not null, Wchan: not null, Pid: > 0, Tid: > 0 })
        && remembered is { EvidenceSince.Ticks: >= 0, OpenCalls: >= 0, BackoffLevel: >= 0, RepeatIndex: >= 0 };
}

/// <summary>The one key that a state file of every version has.</summary>
/// <param name="Version">Of its format.</param>
internal sealed record StateVersion(int Version);
