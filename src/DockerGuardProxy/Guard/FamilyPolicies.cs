namespace DockerGuardProxy.Guard;

/// <summary>The policies of the families beside the terminating calls; each mode is the one that counts.</summary>
internal sealed record FamilyPolicies
{
    /// <summary>The shipped settings.</summary>
    public static FamilyPolicies Default { get; } = new();

    /// <summary>Calls that wait for a container's lock.</summary>
    public LockPolicy Lock { get; init; } = new();

    /// <summary>Calls for a container's statistics.</summary>
    public StatsPolicy Stats { get; init; } = new();

    /// <summary>Attach and exec streams.</summary>
    public StreamsPolicy Streams { get; init; } = new();

    /// <summary>Archive transfers.</summary>
    public TransfersPolicy Transfers { get; init; } = new();

    /// <summary>The shipped settings under a guard of some mode.</summary>
    public static FamilyPolicies Under(GuardMode guard) => Default.With(guard, null, GuardMode.Observe, null, null, GuardMode.Observe);

    /// <summary>The same settings with the modes that count.</summary>
    /// <param name="guard">The guard's own, taken by those that set none; off, it is everybody's.</param>
    /// <param name="ofLock">What the policy of that name sets; null for nothing.</param>
    /// <param name="ofTell">The same. Without the policy of the lock nothing is known to tell of.</param>
    /// <param name="ofStats">The same.</param>
    /// <param name="ofStreams">The same.</param>
    /// <param name="ofTransfers">The same.</param>
    public FamilyPolicies With(
        GuardMode guard, GuardMode? ofLock, GuardMode? ofTell, GuardMode? ofStats, GuardMode? ofStreams, GuardMode? ofTransfers)
    {
        var lockMode = Counting(ofLock);
        var tell = Lock.Tell with { Mode = lockMode == GuardMode.Off ? GuardMode.Off : Counting(ofTell) };
        return this with
        {
            Lock = Lock with { Mode = lockMode, Tell = tell },
            Stats = Stats with { Mode = Counting(ofStats) },
            Streams = Streams with { Mode = Counting(ofStreams) },
            Transfers = Transfers with { Mode = Counting(ofTransfers) },
        };

        GuardMode Counting(GuardMode? own) => guard == GuardMode.Off ? GuardMode.Off : own ?? guard;
    }
}
