using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DockerGuardProxy.Sockets;

/// <summary>
/// A way to ask the kernel of the Unix sockets in our network namespace: sock_diag(7), netlink(7), <c>linux/unix_diag.h</c>. It takes no lock that
/// a stuck task could hold, and asks nothing of the sockets' owners. For one thread at a time.
/// </summary>
internal sealed partial class SockDiag : IDisposable
{
    /// <summary>Bytes in front of every message's own (struct nlmsghdr), and of those the ones that follow it there (struct unix_diag_msg).</summary>
    public const int HeaderLength = 16, SocketLength = 16;

    /// <summary>Kinds of messages: a socket, an error, and the last.</summary>
    public const ushort ByFamily = 20, Error = 2, Done = 3;

    /// <summary>Attributes of a socket, without the bits that tell how they are coded.</summary>
    public const ushort Vfs = 1, Peer = 2, Queues = 4, TypeMask = 0x3FFF;

    /// <summary>What is asked of a socket.</summary>
    public const uint ShowVfs = 0x2, ShowPeer = 0x4, ShowQueues = 0x10;

    private const int AfNetlink = 16, AfUnix = 1, SockRaw = 3, SockCloexec = 0x80000, NetlinkSockDiag = 4, SolSocket = 1, SoRcvTimeo = 20;
    private const int RequestLength = HeaderLength + 24;
    private const ushort RequestOne = 0x1, RequestAll = 0x301;
    private const uint AnyCookie = uint.MaxValue;

    private readonly int _descriptor;

    private SockDiag(int descriptor) => _descriptor = descriptor;

    /// <summary>Opens it; null where the kernel does not let us.</summary>
    public static SockDiag? Open()
    {
        var descriptor = Open(AfNetlink, SockRaw | SockCloexec, NetlinkSockDiag);
        if (descriptor < 0) return null;

        // struct timeval. The kernel answers at once; whatever keeps it, a look must end.
        ReadOnlySpan<long> limit = [5, 0];
        if (SetOption(descriptor, SolSocket, SoRcvTimeo, MemoryMarshal.AsBytes(limit), sizeof(long) * 2) == 0) return new SockDiag(descriptor);
        _ = Close(descriptor);
        return null;
    }

    /// <summary>Asks for all sockets in any of the states.</summary>
    public bool AskAll(uint states, uint show)
    {
        Span<byte> request = stackalloc byte[RequestLength];
        Begin(request, RequestAll, show);
        BinaryPrimitives.WriteUInt32LittleEndian(request[(HeaderLength + 4)..], states);
        return Send(_descriptor, request, request.Length, 0) == request.Length;
    }

    /// <summary>
    /// Asks for one socket. The kernel tells of it only if it is of our own network namespace (net/unix/diag.c, unix_diag_get_exact).
    /// </summary>
    public bool AskOne(uint inode, uint show)
    {
        Span<byte> request = stackalloc byte[RequestLength];
        Begin(request, RequestOne, show);
        BinaryPrimitives.WriteUInt32LittleEndian(request[(HeaderLength + 8)..], inode);
        BinaryPrimitives.WriteUInt32LittleEndian(request[(HeaderLength + 16)..], AnyCookie);
        BinaryPrimitives.WriteUInt32LittleEndian(request[(HeaderLength + 20)..], AnyCookie);
        return Send(_descriptor, request, request.Length, 0) == request.Length;
    }

    /// <summary>Takes the next datagram of the answer.</summary>
    /// <returns>Its bytes; 0 or less where there is none.</returns>
    public int Receive(Span<byte> into) => (int)Receive(_descriptor, into, into.Length, 0);

    public void Dispose() => _ = Close(_descriptor);

    /// <summary>Finds an attribute of a socket; empty where it has none such.</summary>
    /// <param name="attributes">All of them.</param>
    /// <param name="type">Which.</param>
    public static ReadOnlySpan<byte> Attribute(ReadOnlySpan<byte> attributes, ushort type)
    {
        while (attributes.Length >= 4)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(attributes);
            if (length < 4 || length > attributes.Length) break;
            if ((BinaryPrimitives.ReadUInt16LittleEndian(attributes[2..]) & TypeMask) == type) return attributes[4..length];
            attributes = attributes[Math.Min(Aligned(length), attributes.Length)..];
        }

        return default;
    }

    /// <summary>Where the next message or attribute begins behind one of this length.</summary>
    public static int Aligned(int length) => (length + 3) & ~3;

    // struct nlmsghdr, then struct unix_diag_req.
    private static void Begin(Span<byte> request, ushort flags, uint show)
    {
        request.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(request, RequestLength);
        BinaryPrimitives.WriteUInt16LittleEndian(request[4..], ByFamily);
        BinaryPrimitives.WriteUInt16LittleEndian(request[6..], flags);
        request[HeaderLength] = AfUnix;
        BinaryPrimitives.WriteUInt32LittleEndian(request[(HeaderLength + 12)..], show);
    }

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
