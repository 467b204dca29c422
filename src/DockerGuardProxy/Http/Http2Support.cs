namespace DockerGuardProxy.Http;

/// <summary>What the first bytes of an engine say that was greeted in HTTP/2.</summary>
internal enum Http2Support
{
    /// <summary>Too few have come.</summary>
    Unknown,

    /// <summary>It speaks HTTP/2: it begins with a SETTINGS frame (RFC 9113 3.4).</summary>
    Spoken,

    /// <summary>It does not.</summary>
    None,
}
