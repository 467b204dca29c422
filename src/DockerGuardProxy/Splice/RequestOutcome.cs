namespace DockerGuardProxy.Splice;

/// <summary>What became of looking at the head of a request.</summary>
internal enum RequestOutcome : byte
{
    /// <summary>More bytes are needed.</summary>
    Incomplete,

    /// <summary>The head is whole and beyond doubt.</summary>
    Plain,

    /// <summary>
    /// The head is whole and it is beyond doubt where it and its body end, but something else about it is not plain: for a reader that
    /// is shown this one request.
    /// </summary>
    OddBounded,

    /// <summary>Nobody can say for sure where the head or its body ends. It may not be whole.</summary>
    Odd,

    /// <summary>
    /// The head of the preface of HTTP/2 (RFC 9113 3.4); its last six bytes may not have come. Of a connection's first bytes it is HTTP/2, of any
    /// later ones odd.
    /// </summary>
    Http2,
}
