using System.Collections.Immutable;

namespace DockerGuardProxy.Probe;

/// <summary>What a whole look at a container has found: all of its tasks were read, twice.</summary>
/// <param name="Diagnosis">What it means.</param>
/// <param name="Witnesses">Tasks by which the diagnosis is told to stand, without another whole look; empty where none can.</param>
/// <param name="Size">How many tasks were read.</param>
/// <param name="IsInitGone">The run's init is known, and gone.</param>
internal sealed record Look(Diagnosis Diagnosis, ImmutableArray<TaskSample> Witnesses, int Size, bool IsInitGone = false)
{
    /// <summary>As many as are likely to be somewhere else than the one that is first let go.</summary>
    public const int MaxWitnesses = 16;

    /// <summary>Nothing could be read.</summary>
    public static Look CannotTell { get; } = new(new(DiagnosisKind.CannotTell, []), [], 0);

    /// <summary>
    /// True where a cheap look tells whether it still holds: by a witness, or, as no task can come back into a run whose init is gone, by that.
    /// </summary>
    public bool CanBeConfirmed => !Witnesses.IsEmpty || (Diagnosis.Kind == DiagnosisKind.ExitLost && IsInitGone);
}
