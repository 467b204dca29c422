namespace DockerGuardProxy.Calls;

/// <summary>What calls have to do with the lock of their container.</summary>
[Flags]
internal enum LockPart
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>They wait for it before the first byte of their answer: each takes a permit until that comes.</summary>
    Permit = 1,

    /// <summary>They may be held while the lock is slow: nobody who waits for their answer keeps it from becoming free.</summary>
    Holdable = 2,

    /// <summary>Callers who asked for it may be told that the lock is slow, and take the error for just that.</summary>
    Tellable = 4,

    /// <summary>They may be the ones that hold it, for long.</summary>
    Holder = 8,

    /// <summary>The same, but only while they begin: a byte of their stream, or the answer to a later inspect, clears them.</summary>
    HolderAtStart = 16,
}
