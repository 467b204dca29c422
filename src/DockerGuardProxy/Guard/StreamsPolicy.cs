namespace DockerGuardProxy.Guard;

/// <summary>The settings for attach and exec streams whose client does not read. A new one counts at once.</summary>
internal sealed record StreamsPolicy
{
    /// <summary>How much may be done about such a stream.</summary>
    public GuardMode Mode { get; init; } = GuardMode.Enforce;

    /// <summary>How long the client's unread bytes must not have changed before its stream counts as stalled.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the container's process must be gone without a <c>die</c> before what the engine still holds is taken over.</summary>
    public TimeSpan Ended { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The most that is taken over of one stream, in bytes.</summary>
    public long MaxRestPerStream { get; init; } = 8 << 20;

    /// <summary>The same, of all streams of the node together.</summary>
    public long MaxRestOnNode { get; init; } = 64 << 20;
}
