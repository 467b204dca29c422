namespace DockerGuardProxy.Sockets;

/// <summary>What a read of a socket would meet.</summary>
internal enum InputState
{
    /// <summary>It would wait.</summary>
    Nothing,

    /// <summary>Bytes.</summary>
    Bytes,

    /// <summary>The end of what the peer sends, or of the connection.</summary>
    End,
}
