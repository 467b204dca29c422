namespace DockerGuardProxy.Splice;

/// <summary>What a Connection field says (RFC 9110 7.6.1).</summary>
[Flags]
internal enum ConnectionOptions
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary><c>keep-alive</c>.</summary>
    KeepAlive = 1,

    /// <summary><c>close</c>.</summary>
    Close = 2,

    /// <summary><c>upgrade</c>.</summary>
    Upgrade = 4,

    /// <summary>
    /// A word that is none of these: it may name a field that the next hop takes away, or a way to another protocol (<c>HTTP2-Settings</c>).
    /// </summary>
    Other = 8,
}
