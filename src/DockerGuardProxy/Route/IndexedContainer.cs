using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;

namespace DockerGuardProxy.Route;

/// <summary>A container of the index, as the guard's ledgers know it.</summary>
internal static class IndexedContainer
{
    /// <summary>What is known of it now.</summary>
    public static GuardedContainer Describe(Container container) => new(
        container.Id,
        container.Name ?? "",
        container.Running,
        container.Run,
        container.StopTimeout is { } seconds ? Seconds(seconds) : null,
        container.StopSignal,
        container.Pod is { } pod ? new Pod(pod.Namespace ?? "", pod.Name ?? "", pod.Uid) : null);

    // Far beyond any run; TimeSpan ends at some 29,000 years.
    private static TimeSpan Seconds(long seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, -1, 1L << 32));
}
