using System.Collections.Immutable;

namespace DockerGuardProxy.Probe;

/// <summary>What the kernel shows about a container that should have ended.</summary>
/// <param name="Kind">Which case it is.</param>
/// <param name="Tasks">The tasks that hold it, those in D state first, then by pid and tid.</param>
internal sealed record Diagnosis(DiagnosisKind Kind, ImmutableArray<StuckTask> Tasks)
{
    /// <summary>True where one more SIGKILL can change nothing.</summary>
    public bool IsEvidence => Kind is DiagnosisKind.DState or DiagnosisKind.Frozen or DiagnosisKind.ExitLost;
}
