using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Guard;

/// <summary>The text of a refusal and what it was written of, so that the same text again and again is written once.</summary>
internal sealed class RefusalBody
{
    private readonly GuardedContainer _container;
    private readonly Diagnosis? _evidence;
    private readonly DateTimeOffset _since;

    private RefusalBody(GuardedContainer container, Diagnosis? evidence, DateTimeOffset since)
    {
        (_container, _evidence, _since) = (container, evidence, since);
        Bytes = RefusalText.Write(container, evidence, since);
    }

    public byte[] Bytes { get; }

    /// <summary>This one where it says the same, else one that is written anew.</summary>
    /// <param name="last">The last one; null for none.</param>
    /// <param name="container">Which container.</param>
    /// <param name="evidence">What is known of it; null where nobody can tell.</param>
    /// <param name="since">Since when it holds, or since when SIGKILL is due.</param>
    public static RefusalBody Of(RefusalBody? last, GuardedContainer container, Diagnosis? evidence, DateTimeOffset since) =>
        last is not null && ReferenceEquals(last._container, container) && ReferenceEquals(last._evidence, evidence) && last._since == since
            ? last
            : new RefusalBody(container, evidence, since);
}
