using System.Collections.Immutable;

namespace DockerGuardProxy.Guard;

/// <summary>
/// The settings for callers who would rather read an error soon than wait: those who ask for one container after the other, and take the error
/// of one for just that.
/// </summary>
internal sealed record TellPolicy
{
    /// <summary>How much may be done for such a caller. Never more than nothing while the policy of the lock is off.</summary>
    public GuardMode Mode { get; init; } = GuardMode.Observe;

    /// <summary>Their names, as the kernel keeps them (<c>/proc/PID/comm</c>).</summary>
    public ImmutableArray<string> Callers { get; init; } = ["kubelet", "cri-dockerd"];

    /// <summary>How long a caller waits before it is told, from its arrival.</summary>
    public TimeSpan After { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The same for those who come after one who was told, while the container stays slow.</summary>
    public TimeSpan Repeat { get; init; } = TimeSpan.FromSeconds(5);
}
