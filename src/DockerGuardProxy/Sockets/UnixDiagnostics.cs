using System.Buffers.Binary;

namespace DockerGuardProxy.Sockets;

/// <summary>The kernel's list of Unix sockets in our network namespace, and what it tells of one of them.</summary>
internal static class UnixDiagnostics
{
    private const int MessageLength = SockDiag.HeaderLength + SockDiag.SocketLength;
    private const byte Established = 1, Listening = 10;

    // The kernel sends what fits into the buffer, and no more than this at once; of one socket, without its names, far less.
    private const int BufferLength = 32 * 1024, OneLength = 1024;

    /// <summary>The sockets of a file, listening and accepted ones; null where the kernel does not tell.</summary>
    public static List<UnixSocket>? Of(SocketIdentity file)
    {
        using var diag = SockDiag.Open();
        if (diag is null || !diag.AskAll((1u << Established) | (1u << Listening), SockDiag.ShowVfs | SockDiag.ShowPeer)) return null;
        var sockets = new List<UnixSocket>();
        var buffer = new byte[BufferLength];
        while (true)
        {
            var length = diag.Receive(buffer);
            if (length <= 0 || Read(buffer.AsSpan(0, length), file, sockets) is not { } isWhole)
                return null;
            if (isWhole)
                return sockets;
        }
    }

    /// <summary>The inode of the other end of a socket; null where the kernel does not tell, 0 where that end has been closed.</summary>
    public static uint? Peer(SockDiag diag, uint inode)
    {
        Span<byte> buffer = stackalloc byte[OneLength];
        if (!diag.AskOne(inode, SockDiag.ShowPeer) || diag.Receive(buffer) is not (> 0 and var length)) return null;
        if (Attributes(buffer[..length], inode, out var attributes) is not true) return null;
        return SockDiag.Attribute(attributes, SockDiag.Peer) is { Length: >= 4 } peer ? BinaryPrimitives.ReadUInt32LittleEndian(peer) : 0;
    }

    /// <summary>
    /// The bytes that wait in an established socket for its owner to read them; null where the kernel does not tell. It counts what is left of
    /// each buffer that was sent (net/unix/diag.c, sk_diag_show_rqlen; af_unix.c, unix_inq_len), so that each byte read is seen.
    /// </summary>
    public static long? Unread(SockDiag diag, uint inode)
    {
        Span<byte> buffer = stackalloc byte[OneLength];
        if (!diag.AskOne(inode, SockDiag.ShowQueues) || diag.Receive(buffer) is not (> 0 and var length)) return null;
        if (Attributes(buffer[..length], inode, out var attributes) is not true) return null;

        // struct unix_diag_rqlen: what can be read, then what was sent and is not read.
        return SockDiag.Attribute(attributes, SockDiag.Queues) is { Length: >= 8 } queues ? BinaryPrimitives.ReadUInt32LittleEndian(queues) : null;
    }

    /// <summary>Takes in one datagram: true after the last one, null where the kernel reports an error or makes no sense.</summary>
    internal static bool? Read(ReadOnlySpan<byte> datagram, SocketIdentity file, List<UnixSocket> sockets)
    {
        while (datagram.Length >= SockDiag.HeaderLength)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(datagram);
            var type = BinaryPrimitives.ReadUInt16LittleEndian(datagram[4..]);
            if (length < SockDiag.HeaderLength || length > datagram.Length || type == SockDiag.Error)
                return null;
            if (type == SockDiag.Done)
                return true;
            if (type == SockDiag.ByFamily && length >= MessageLength && TryRead(datagram[SockDiag.HeaderLength..length], file, out var socket))
                sockets.Add(socket);
            datagram = datagram[Math.Min(SockDiag.Aligned(length), datagram.Length)..];
        }

        return false;
    }

    /// <summary>Takes in the answer about one socket: true if it is about it, null where the kernel reports an error or makes no sense.</summary>
    internal static bool? Attributes(ReadOnlySpan<byte> datagram, uint inode, out ReadOnlySpan<byte> attributes)
    {
        attributes = default;
        if (datagram.Length < MessageLength) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(datagram);
        if (length < MessageLength || length > datagram.Length || BinaryPrimitives.ReadUInt16LittleEndian(datagram[4..]) != SockDiag.ByFamily)
            return null;
        attributes = datagram[MessageLength..length];
        return BinaryPrimitives.ReadUInt32LittleEndian(datagram[(SockDiag.HeaderLength + 4)..]) == inode;
    }

    private static bool TryRead(ReadOnlySpan<byte> message, SocketIdentity file, out UnixSocket socket)
    {
        var attributes = message[SockDiag.SocketLength..];
        var vfs = SockDiag.Attribute(attributes, SockDiag.Vfs);
        var peer = SockDiag.Attribute(attributes, SockDiag.Peer);
        socket = new UnixSocket(
            BinaryPrimitives.ReadUInt32LittleEndian(message[4..]), message[2] == Listening,
            peer.Length >= 4 ? BinaryPrimitives.ReadUInt32LittleEndian(peer) : 0);

        // Of an inode the kernel tells 32 bits here.
        return vfs.Length >= 8 && BinaryPrimitives.ReadUInt32LittleEndian(vfs) == (uint)file.Inode
            && BinaryPrimitives.ReadUInt32LittleEndian(vfs[4..]) == file.Device;
    }
}
