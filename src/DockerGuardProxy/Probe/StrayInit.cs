namespace DockerGuardProxy.Probe;

/// <summary>
/// The process that the engine names as a run's init, where its cgroup leads to no container: a privileged container may move its own init
/// out. Then its PID namespace tells which processes are the run's, if it is the run's alone.
/// </summary>
/// <param name="Start">Its start time in clock ticks since boot.</param>
/// <param name="SeenStart">The start time of the process of this number that was last seen in the run; null if none was.</param>
/// <param name="IsProcessOne">
/// It is process 1 of a PID namespace below the host's: neither the host's own (<c>--pid=host</c>) nor another container's that it has joined.
/// Kernels before 4.1 do not tell: false.
/// </param>
/// <param name="Namespace">Its PID namespace; null if that can't be read.</param>
/// <param name="HasStrangers">A process of another container has joined that namespace, or one that can't be read may have.</param>
internal readonly record struct StrayInit(ulong Start, ulong? SeenStart, bool IsProcessOne, string? Namespace, bool HasStrangers)
{
    /// <summary>
    /// Decides. Pure. In order:
    /// 1. its number was used again: nothing follows from it;
    /// 2. a namespace of its own: all processes there are the run's, since they end with it;
    /// 3. it is the process that was seen in the run, and nothing tells which others are: nothing can be told of the run;
    /// 4. otherwise it may be the run's in a layout that is not understood, or a process of the host that has its number: nothing follows.
    /// </summary>
    public StrayMeaning Meaning =>
        SeenStart is { } seen && seen != Start ? StrayMeaning.Nothing
        : IsProcessOne && Namespace is not (null or Membership.HostPidNamespace) && !HasStrangers ? StrayMeaning.Own
        : SeenStart is not null ? StrayMeaning.Unclear
        : StrayMeaning.Nothing;
}

/// <summary>What a <see cref="StrayInit"/> tells of its run.</summary>
internal enum StrayMeaning
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>The processes of its PID namespace are the run's.</summary>
    Own,

    /// <summary>The run has not ended, and its processes can't be told.</summary>
    Unclear,
}
