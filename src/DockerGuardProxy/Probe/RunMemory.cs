using System.Collections.Immutable;

namespace DockerGuardProxy.Probe;

/// <summary>What earlier scans saw of a run. Immutable.</summary>
/// <param name="Seen">Tasks of it were seen.</param>
/// <param name="Starts">Start time by pid of its processes: an exiting task no longer tells its cgroup on v1.</param>
/// <param name="Described">The tasks that were named last: what was told of one stays the same as long as it is stuck.</param>
internal sealed record RunMemory(bool Seen, ImmutableDictionary<int, ulong> Starts, ImmutableArray<StuckTask> Described)
{
    /// <summary>Nothing was seen yet.</summary>
    public static RunMemory None { get; } = new(false, ImmutableDictionary<int, ulong>.Empty, []);

    /// <summary>With what a sample shows; processes that are gone are forgotten.</summary>
    public RunMemory With(RunSample sample) => !sample.Readable
        ? this
        : new(Seen || !sample.Members.IsEmpty, sample.Members.ToImmutableDictionary(static m => m.Pid, static m => m.Start), Described);
}
