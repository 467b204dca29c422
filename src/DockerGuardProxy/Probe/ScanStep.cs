namespace DockerGuardProxy.Probe;

/// <summary>What a scan is reading.</summary>
/// <param name="Phase">Which files.</param>
/// <param name="Pid">Of which process.</param>
internal sealed record ScanStep(ScanPhase Phase, int Pid);

/// <summary>The parts of a scan that may block apart from each other.</summary>
internal enum ScanPhase
{
    /// <summary>Whose process it is: <c>cgroup</c>, and <c>stat</c> of those that hide it.</summary>
    Membership,

    /// <summary>Its tasks: <c>stat</c> and <c>status</c>, and the freezer of its cgroup.</summary>
    Tasks,

    /// <summary>What a stuck task waits for: <c>wchan</c>, <c>mountinfo</c> and links. Evidence does not need it.</summary>
    Details,
}
