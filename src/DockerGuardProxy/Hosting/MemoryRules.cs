namespace DockerGuardProxy.Hosting;

/// <summary>When it is worth a pause to hand memory back to the system.</summary>
internal static class MemoryRules
{
    /// <summary>Between two looks, and so between two pauses at the least.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    /// <summary>Bytes that are worth a pause.</summary>
    public const long Worth = 16 << 20;

    /// <summary>Bytes that an open connection holds, idle or with a call.</summary>
    public const long PerConnection = 24 << 10;

    /// <summary>Bytes of objects made within <see cref="Period"/>, from which on calls are busy.</summary>
    public const long Busy = 32 << 20;

    /// <summary>The pause grows with what is alive: so many times that must be won.</summary>
    private const long Ratio = 4;

    /// <summary>
    /// True if calls are few, and far more is resident than after the last release and what the connections since opened or closed account
    /// for. Without them, those that are open would be taken for rubbish, and those that have left would not be missed.
    /// </summary>
    /// <param name="released">Right after the last release.</param>
    /// <param name="before">One <see cref="Period"/> ago.</param>
    /// <param name="now">At this moment.</param>
    public static bool IsReleaseDue(MemoryUse released, MemoryUse before, MemoryUse now)
    {
        if (now.Resident == 0 || now.Allocated - before.Allocated >= Busy) return false;
        var rubbish = now.Resident - released.Resident - (now.Connections - released.Connections) * PerConnection;
        return rubbish >= Math.Max(Worth, Ratio * PerConnection * now.Connections);
    }
}
