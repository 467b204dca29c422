using System.Collections.Immutable;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Guard;

/// <summary>Refusals of the last 60 s before a container's end that all named the same tasks.</summary>
/// <param name="Container">Whose.</param>
/// <param name="Named">The tasks that their text named; empty where it named none, and nothing can be told of it.</param>
/// <param name="Counts">How many, by operation.</param>
internal sealed record EndedRefusals(
    GuardedContainer Container, ImmutableArray<StuckTask> Named, ImmutableArray<(Operation Operation, int Count)> Counts);
