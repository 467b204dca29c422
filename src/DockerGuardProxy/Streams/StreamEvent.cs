namespace DockerGuardProxy.Streams;

/// <summary>Something that happened to a stream whose client does not read.</summary>
/// <param name="Stream">The stream, as it was then.</param>
internal abstract record StreamEvent(StalledStream Stream)
{
    /// <summary>Its client counts as one that does not read, or does not send.</summary>
    internal sealed record Stalled(StalledStream Stream) : StreamEvent(Stream);

    /// <summary>What the engine holds of it was taken over.</summary>
    /// <param name="Stream">The stream.</param>
    /// <param name="IsCarriedOut">False where it would have been (<c>observe</c>).</param>
    internal sealed record TakenOver(StalledStream Stream, bool IsCarriedOut) : StreamEvent(Stream);

    /// <summary>It was taken over, or would have been, and the end that was waited for has not come within 5 s.</summary>
    internal sealed record ProvedWrong(StalledStream Stream) : StreamEvent(Stream);

    /// <summary>There was more than may be held: the engine's side was closed.</summary>
    internal sealed record RestCut(StalledStream Stream) : StreamEvent(Stream);

    /// <summary>A transfer was cut that its client had left lying.</summary>
    /// <param name="Stream">The transfer.</param>
    /// <param name="IsCarriedOut">False where it would have been (<c>observe</c>).</param>
    internal sealed record TransferCut(StalledStream Stream, bool IsCarriedOut) : StreamEvent(Stream);
}

/// <summary>Takes what the watch over streams reports.</summary>
internal interface IStreamObserver
{
    public void On(StreamEvent happened);
}
