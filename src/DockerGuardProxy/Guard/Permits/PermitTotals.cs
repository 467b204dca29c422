namespace DockerGuardProxy.Guard.Permits;

/// <summary>What has been counted since the process started; each call once of a kind.</summary>
internal sealed record PermitTotals
{
    /// <summary>Held.</summary>
    public long Held { get; set; }

    /// <summary>Would have been held, had the policy not only observed.</summary>
    public long WouldHold { get; set; }

    /// <summary>Of both, those for which the one they waited for was answered within a second.</summary>
    public long WrongHolds { get; set; }

    /// <summary>Told that the lock is slow.</summary>
    public long Told { get; set; }

    /// <summary>Would have been told.</summary>
    public long WouldTell { get; set; }

    /// <summary>Of both, those that the engine would have answered within ten seconds more.</summary>
    public long WrongTells { get; set; }

    /// <summary>Refused, because too many were held already.</summary>
    public long Refused { get; set; }

    /// <summary>Held ones whose callers left: the engine was spared them.</summary>
    public long Dropped { get; set; }
}
