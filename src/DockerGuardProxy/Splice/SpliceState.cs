namespace DockerGuardProxy.Splice;

/// <summary>Where the one connection of a <see cref="SpliceLane"/> stands.</summary>
internal enum SpliceState
{
    /// <summary>No call is under way.</summary>
    Idle,

    /// <summary>One is.</summary>
    UnderWay,

    /// <summary>The engine has granted a raw stream.</summary>
    Stream,

    /// <summary>The last call is answered; the engine's end is to come.</summary>
    Closing,

    /// <summary>The connection has ended.</summary>
    Closed,
}
