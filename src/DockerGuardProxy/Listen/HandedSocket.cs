using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Listen;

/// <summary>
/// A listening socket that the service manager made and keeps (sd_listen_fds(3)): its file and its backlog outlive this process, so
/// that a restart loses no caller and a container that has bound the file keeps a socket that works.
/// </summary>
internal static partial class HandedSocket
{
    // socket(7), from the kernel's asm-generic/socket.h.
    private const int SolSocket = 1, SoType = 3, SoAcceptConn = 30, SoDomain = 39;
    private const int AfUnix = 1, SockStream = 1;

    /// <summary>
    /// Takes the descriptor over as it is. It must stay without FD_CLOEXEC, as the service manager hands it over: from that mark .NET
    /// tells that others share the socket, and only closes it in the end, where otherwise it may shut it down for everybody
    /// (SafeSocketHandle.TryUnblockSocket).
    /// </summary>
    /// <param name="descriptor">Number of the descriptor.</param>
    /// <param name="engine">Path of the engine's socket, which this must not be.</param>
    /// <exception cref="ListenException">It is no listening Unix stream socket, or it is the engine's path.</exception>
    public static Socket Take(ulong descriptor, string engine)
    {
        var handle = new SafeSocketHandle((nint)descriptor, ownsHandle: true);
        if (Option(handle, SoDomain) != AfUnix || Option(handle, SoType) != SockStream || Option(handle, SoAcceptConn) != 1)
        {
            throw new ListenException(
                $"descriptor {descriptor} from the service manager is no listening Unix stream socket; see ListenStream= and Accept=no in systemd.socket(5)");
        }

        var socket = new Socket(handle);
        var path = socket.LocalEndPoint?.ToString() ?? "";
        if (SocketFile.IsSame(path, engine))
            throw new ListenException($"{path}: is also engine.path ({engine}); every call would come back to the proxy");
        return socket;
    }

    // Socket.GetSocketOption knows none of these.
    private static int Option(SafeSocketHandle handle, int name)
    {
        Span<byte> value = stackalloc byte[sizeof(int)];
        var size = value.Length;
        return GetOption(handle, SolSocket, name, value, ref size) == 0 ? BinaryPrimitives.ReadInt32LittleEndian(value) : -1;
    }

    [LibraryImport("libc", EntryPoint = "getsockopt")]
    private static partial int GetOption(SafeHandle socket, int level, int name, Span<byte> value, ref int size);
}
