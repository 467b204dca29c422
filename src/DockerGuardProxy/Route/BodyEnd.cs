namespace DockerGuardProxy.Route;

/// <summary>How the reading of a body ended.</summary>
internal enum BodyEnd
{
    Whole,

    /// <summary>It is longer than the limit.</summary>
    TooLong,

    /// <summary>The bodies of others leave too little room for it.</summary>
    WithoutRoom,

    /// <summary>Bad chunks, or a client that ended its sending side inside of it.</summary>
    BrokenOff,
}
