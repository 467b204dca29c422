using System.Collections.Immutable;

namespace DockerGuardProxy.Guard;

/// <summary>What the decision knows about a container; times on the ledger's clock.</summary>
/// <param name="IsRunning">Whether the container runs.</param>
/// <param name="Open">Open calls of this run, oldest first.</param>
/// <param name="EvidenceSince">Since when the evidence holds without a gap; null without evidence.</param>
/// <param name="BackoffUntil">When the next attempt may be sent; null without back-off.</param>
/// <param name="InheritedCalls">Calls that an earlier process of the proxy sent and that the engine still keeps; nobody can join them.</param>
/// <param name="WaitingHere">Held and joined callers of this container.</param>
/// <param name="WaitingOnNode">Held and joined callers of all containers.</param>
/// <param name="LeastPatience">How long this evidence must hold, whatever the policy says (<see cref="RunEvidence.LeastPatience"/>).</param>
/// <param name="MayRefuse">The evidence was looked at of late, by this process: somebody may be refused by it.</param>
internal readonly record struct ContainerState(
    bool IsRunning,
    ImmutableArray<OpenCall> Open,
    TimeSpan? EvidenceSince = null,
    TimeSpan? BackoffUntil = null,
    int InheritedCalls = 0,
    int WaitingHere = 0,
    int WaitingOnNode = 0,
    TimeSpan LeastPatience = default,
    bool MayRefuse = true)
{
    /// <summary>Evidence for at least <paramref name="patience"/>, and for as long as its kind asks for.</summary>
    public bool IsStuck(TimeSpan patience, TimeSpan now) =>
        EvidenceSince is { } since && now - since >= patience && now - since >= LeastPatience;

    /// <summary>Calls that the engine has not answered, whoever sent them.</summary>
    public int OpenCalls => Open.Length + InheritedCalls;

    /// <summary>True while no attempt may be sent.</summary>
    public bool IsBackingOff(TimeSpan now) => BackoffUntil > now;
}
