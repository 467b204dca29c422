using System.Collections.Immutable;

namespace DockerGuardProxy.Probe;

/// <summary>The tasks that hold a container, in words.</summary>
/// <param name="Tasks">The first of them; at most <see cref="Diagnosis.MaxTasks"/>.</param>
/// <param name="Read">Those of them whose details were read.</param>
/// <param name="Left">How many were not where they had been when their details were read.</param>
internal sealed record DescribedTasks(ImmutableArray<StuckTask> Tasks, ImmutableArray<StuckTask> Read, int Left);
