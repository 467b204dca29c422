using System.Net.Sockets;
using System.Runtime.InteropServices;
using DockerGuardProxy.Files;

namespace DockerGuardProxy.Sockets;

/// <summary>
/// Tells how many bytes that we have sent wait at the other end of a Unix connection. What our own sends tell is no measure: a peer had to read
/// 32 KB before the sender saw anything.
/// </summary>
/// <remarks>
/// The kernel tells of the other end only where it belongs to our network namespace, and a connection is of its client's: for one in a container's
/// own the memory of what it has not freed is taken (<c>SIOCOUTQ</c>). That moves when the peer has read a whole buffer, 32 KB mostly.
/// </remarks>
internal sealed partial class UnreadBytes
{
    // asm-generic/ioctls.h, TIOCOUTQ.
    private const nuint SiocOutQueue = 0x5411;

    private uint? _peer;
    private bool _isForeign;

    /// <summary>The bytes; null where nothing can be told.</summary>
    /// <param name="socket">Our end.</param>
    /// <param name="diag">To ask with; null where the kernel does not let us.</param>
    public long? Ask(Socket socket, SockDiag? diag)
    {
        var isHeld = false;
        var handle = socket.SafeHandle;
        try
        {
            handle.DangerousAddRef(ref isHeld);
            var descriptor = (int)handle.DangerousGetHandle();
            if (diag is not null && !_isForeign)
            {
                _peer ??= FileStatus.Of(descriptor) is { IsSocket: true } own ? UnixDiagnostics.Peer(diag, (uint)own.Inode) : null;
                if (_peer == 0) return null;
                if (_peer is { } peer && UnixDiagnostics.Unread(diag, peer) is { } unread) return unread;
                _isForeign = true;
            }

            return Control(descriptor, SiocOutQueue, out var held) == 0 ? held : null;
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
        finally
        {
            if (isHeld) handle.DangerousRelease();
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int descriptor, nuint request, out int value);
}
