namespace DockerGuardProxy.Splice;

/// <summary>What a spliced call has come to.</summary>
internal enum SpliceEnd
{
    /// <summary>It is answered whole: the connection takes a next call.</summary>
    Answered,

    /// <summary>The engine has granted a raw stream: what the client sends belongs to that.</summary>
    Stream,

    /// <summary>The connection has ended, on either side.</summary>
    Closed,
}
