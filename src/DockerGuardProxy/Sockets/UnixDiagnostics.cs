using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DockerGuardProxy.Sockets;

/// <summary>
/// The kernel's list of Unix sockets in our network namespace: sock_diag(7), netlink(7), <c>linux/unix_diag.h</c>. Takes no lock that a stuck
/// task could hold, and asks nothing of the sockets' owners.
/// </summary>
internal static partial class UnixDiagnostics
{
    private const int AfNetlink = 16, AfUnix = 1, SockRaw = 3, SockCloexec = 0x80000, NetlinkSockDiag = 4, SolSocket = 1, SoRcvTimeo = 20;
    private const ushort SockDiagByFamily = 20, NlmsgError = 2, NlmsgDone = 3, NlmFlagsDump = 0x301;
    private const ushort AttributeVfs = 1, AttributePeer = 2, AttributeTypeMask = 0x3FFF;
    private const int HeaderLength = 16, RequestLength = HeaderLength + 24, MessageLength = HeaderLength + 16;
    private const uint ShowVfsAndPeer = 0x2 | 0x4;
    private const byte Established = 1, Listening = 10;

    // The kernel sends what fits into the buffer, and no more than this at once.
    private const int BufferLength = 32 * 1024;

    /// <summary>The sockets of a file, listening and accepted ones; null where the kernel does not tell.</summary>
    public static List<UnixSocket>? Of(SocketIdentity file)
    {
        var descriptor = Open(AfNetlink, SockRaw | SockCloexec, NetlinkSockDiag);
        if (descriptor < 0)
            return null;
        try
        {
            // struct timeval. The kernel answers at once; whatever keeps it, a look must end.
            ReadOnlySpan<long> limit = [5, 0];
            var request = Request();
            if (SetOption(descriptor, SolSocket, SoRcvTimeo, MemoryMarshal.AsBytes(limit), sizeof(long) * 2) != 0
                || Send(descriptor, request, request.Length, 0) != request.Length)
            {
                return null;
            }

            var sockets = new List<UnixSocket>();
            var buffer = new byte[BufferLength];
            while (true)
            {
                var length = (int)Receive(descriptor, buffer, buffer.Length, 0);
                if (length <= 0 || Read(buffer.AsSpan(0, length), file, sockets) is not { } isWhole)
                    return null;
                if (isWhole)
                    return sockets;
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Takes in one datagram: true after the last one, null where the kernel reports an error or makes no sense.</summary>
    internal static bool? Read(ReadOnlySpan<byte> datagram, SocketIdentity file, List<UnixSocket> sockets)
    {
        while (datagram.Length >= HeaderLength)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(datagram);
            var type = BinaryPrimitives.ReadUInt16LittleEndian(datagram[4..]);
            if (length < HeaderLength || length > datagram.Length || type == NlmsgError)
                return null;
            if (type == NlmsgDone)
                return true;
            if (type == SockDiagByFamily && length >= MessageLength && TryRead(datagram[HeaderLength..length], file, out var socket))
                sockets.Add(socket);
            datagram = datagram[Math.Min(Aligned(length), datagram.Length)..];
        }

        return false;
    }

    private static bool TryRead(ReadOnlySpan<byte> message, SocketIdentity file, out UnixSocket socket)
    {
        var isOfFile = false;
        uint peer = 0;
        for (var rest = message[(MessageLength - HeaderLength)..]; rest.Length >= 4;)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(rest);
            if (length < 4 || length > rest.Length)
                break;
            var value = rest[4..length];
            switch (BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) & AttributeTypeMask)
            {
                case AttributeVfs when value.Length >= 8:
                    // Of an inode the kernel tells 32 bits here.
                    isOfFile = BinaryPrimitives.ReadUInt32LittleEndian(value) == (uint)file.Inode
                        && BinaryPrimitives.ReadUInt32LittleEndian(value[4..]) == file.Device;
                    break;
                case AttributePeer when value.Length >= 4:
                    peer = BinaryPrimitives.ReadUInt32LittleEndian(value);
                    break;
            }

            rest = rest[Math.Min(Aligned(length), rest.Length)..];
        }

        socket = new UnixSocket(BinaryPrimitives.ReadUInt32LittleEndian(message[4..]), message[2] == Listening, peer);
        return isOfFile;
    }

    // struct nlmsghdr, then struct unix_diag_req.
    private static byte[] Request()
    {
        var request = new byte[RequestLength];
        BinaryPrimitives.WriteInt32LittleEndian(request, RequestLength);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(4), SockDiagByFamily);
        BinaryPrimitives.WriteUInt16LittleEndian(request.AsSpan(6), NlmFlagsDump);
        request[HeaderLength] = AfUnix;
        BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(HeaderLength + 4), (1u << Established) | (1u << Listening));
        BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(HeaderLength + 12), ShowVfsAndPeer);
        return request;
    }

    private static int Aligned(int length) => (length + 3) & ~3;

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Open(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int descriptor, int level, int name, ReadOnlySpan<byte> value, int length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int descriptor, ReadOnlySpan<byte> bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int descriptor, Span<byte> buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
