using System.Collections.Immutable;
using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Guard;

/// <summary>The ledger at one moment, for status and gauges.</summary>
/// <param name="OpenByOperation">Sent to the engine and not answered, those of ended runs included.</param>
/// <param name="WaitingCalls">Held and joined callers.</param>
/// <param name="OldestOpen">Age of the oldest open call of a present run; null without one.</param>
/// <param name="Refusals">Since the process started.</param>
/// <param name="EndedSoon">Of them, those whose container exited within 60 s.</param>
/// <param name="WrongRefusals">Of these, those whose container exited while all tasks that the refusal named still waited.</param>
/// <param name="CallsSaved">Calls since the process started that ended without being sent.</param>
/// <param name="BlindLooks">Looks of the probe since the process started that could not tell.</param>
/// <param name="Containers">Every container with an entry, by name.</param>
internal sealed record GuardSnapshot(
    ImmutableArray<OpenOperation> OpenByOperation,
    int WaitingCalls,
    TimeSpan? OldestOpen,
    long Refusals,
    long EndedSoon,
    long WrongRefusals,
    long CallsSaved,
    long BlindLooks,
    ImmutableArray<ContainerSnapshot> Containers)
{
    /// <summary>All of <see cref="OpenByOperation"/>.</summary>
    public int OpenCalls => OpenByOperation.Sum(open => open.Count);
}

/// <summary>The open terminating calls of one kind, those of ended runs included.</summary>
/// <param name="Operation">The kind.</param>
/// <param name="Count">How many.</param>
/// <param name="Oldest">Age of the oldest.</param>
internal readonly record struct OpenOperation(Operation Operation, int Count, TimeSpan Oldest);
