using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace DockerGuardProxy.Sockets;

/// <summary>Who connected to a Unix socket, as the kernel noted it at that moment (unix(7), SO_PEERCRED).</summary>
/// <param name="Pid">Process id in our pid namespace; 0 for one outside of it.</param>
/// <param name="Uid">Effective user id.</param>
internal readonly record struct PeerCredentials(int Pid, uint Uid)
{
    private const int SolSocket = 1, SoPeerCred = 17;

    /// <summary>Reads them; null where the socket has none.</summary>
    public static PeerCredentials? Of(Socket socket)
    {
        // struct ucred: pid, uid and gid.
        Span<int> credentials = stackalloc int[3];
        try
        {
            var length = socket.GetRawSocketOption(SolSocket, SoPeerCred, MemoryMarshal.AsBytes(credentials));
            return length == sizeof(int) * 3 ? new PeerCredentials(credentials[0], (uint)credentials[1]) : null;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
