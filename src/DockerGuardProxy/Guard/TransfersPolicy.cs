namespace DockerGuardProxy.Guard;

/// <summary>The settings for archive transfers, which hold their container's lock until their end. A new one counts at once.</summary>
internal sealed record TransfersPolicy
{
    /// <summary>How much may be done about a transfer that stalls.</summary>
    public GuardMode Mode { get; init; } = GuardMode.Observe;

    /// <summary>How long its client must not have moved a byte, while others wait for the lock.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromMinutes(5);
}
