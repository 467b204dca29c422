using System.Collections.Immutable;

namespace DockerGuardProxy.Engine;

/// <summary>One line of the engine's list of containers, as much as the index takes from it.</summary>
internal sealed record ListedContainer(string Id, ImmutableArray<string> Names, bool Running, PodLabels? Pod)
{
    /// <summary>All of them; null where there are none.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>
    /// Whether a state of <c>GET /containers/json</c> (moby <c>State.StateString</c>) means that a task exists. <c>restarting</c> does not:
    /// it is the pause between two runs. A state that is not known counts as no run, which only ever forwards.
    /// </summary>
    public static bool IsRun(string? state) => state is "running" or "paused";
}
