using DockerGuardProxy.Streams;

namespace DockerGuardProxy.Splice;

/// <summary>What of a call matters for its answer.</summary>
/// <param name="IsHead">Its answer has no body.</param>
/// <param name="MayStream">It may be answered by a raw stream without an Upgrade.</param>
/// <param name="WaitsFor100">Its body may come only after a 100.</param>
internal readonly record struct SplicedCall(bool IsHead, bool MayStream, bool WaitsFor100)
{
    /// <summary>Tells it from other calls of the connection, for <see cref="SpliceLane.TryLeave"/>.</summary>
    public long Serial { get; init; }

    /// <summary>No further call follows on the connection: its body has no end that both sides agree on.</summary>
    public bool IsLast { get; init; }

    /// <summary>Its place among those whose bytes may wait for their client; null for most.</summary>
    public ClientStream? Stream { get; init; }

    /// <summary>Told the status and what has come of the body along with the head; null for most.</summary>
    public AnswerGlance? Glance { get; init; }
}
