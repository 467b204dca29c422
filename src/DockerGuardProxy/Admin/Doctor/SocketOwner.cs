namespace DockerGuardProxy.Admin.Doctor;

/// <summary>Whom one reaches through a socket's file.</summary>
internal enum SocketOwner
{
    /// <summary>It can't be told.</summary>
    Unknown,

    /// <summary>The proxy.</summary>
    Proxy,

    /// <summary>The engine itself.</summary>
    Engine,

    /// <summary>Nobody: there is no such socket, or it is an old one that nobody serves any more.</summary>
    Nobody,

    /// <summary>Somebody else, or another machine.</summary>
    Other,
}
