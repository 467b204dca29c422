namespace DockerGuardProxy.Guard;

/// <summary>An answer of the engine to a terminating call, kept whole so that it can be copied.</summary>
/// <param name="Status">Status code.</param>
/// <param name="Body">The body, bounded by whoever read it.</param>
/// <param name="Head">Reason phrase and headers; null where nothing is kept of them.</param>
internal sealed record EngineAnswer(int Status, ReadOnlyMemory<byte> Body, KeptHead? Head = null)
{
    /// <summary>True for <c>tried to kill container, but did not receive an exit event</c> (moby daemon/kill.go).</summary>
    public bool IsNoExitEvent => Status == 500 && Body.Span.IndexOf("did not receive an exit event"u8) >= 0;

    /// <summary>True for an answer that a joined call would have got as well.</summary>
    public bool IsCopied => Status == 204 || IsNoExitEvent;
}
