namespace DockerGuardProxy.Splice;

/// <summary>How the end of a message's body is told (RFC 9112 6.3).</summary>
internal enum FramingKind : byte
{
    /// <summary>There is no body.</summary>
    None,

    /// <summary>By its length.</summary>
    Length,

    /// <summary>By a last chunk and the trailers.</summary>
    Chunked,

    /// <summary>By the end of the connection.</summary>
    UntilClose,
}
