using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace DockerGuardProxy.Sockets;

/// <summary>Tells a peer that has closed its socket from one that has only ended its sending side.</summary>
internal static partial class PeerState
{
    private const short Hangup = 0x10, Error = 0x8;

    /// <summary>
    /// True once the peer can read no more. A half-closed Unix stream shows POLLIN and POLLRDHUP alone; POLLHUP comes
    /// only when both directions are shut (poll(2), unix(7)), so this never takes <c>shutdown(SHUT_WR)</c> for a departure.
    /// </summary>
    public static bool IsGone(Socket socket)
    {
        var released = false;
        var handle = socket.SafeHandle;
        try
        {
            handle.DangerousAddRef(ref released);
            var request = new PollRequest { Descriptor = (int)handle.DangerousGetHandle() };
            return Poll(ref request, 1, 0) > 0 && (request.Returned & (Hangup | Error)) != 0;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
        finally
        {
            if (released) handle.DangerousRelease();
        }
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollRequest request, nuint count, int timeout);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int Descriptor;
        public short Requested;
        public short Returned;
    }
}
