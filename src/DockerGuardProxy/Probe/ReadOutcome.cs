namespace DockerGuardProxy.Probe;

/// <summary>How a read below /proc ended.</summary>
internal enum ReadOutcome
{
    /// <summary>There is an answer.</summary>
    Done,

    /// <summary>The task, or the file, is no longer there: normal at any moment.</summary>
    Gone,

    /// <summary>It is there but can't be read: rights, hidepid, no descriptor left, or an answer that is too long.</summary>
    Refused,
}
