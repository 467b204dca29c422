using System.Runtime.InteropServices;

namespace DockerGuardProxy.Demo.Show;

/// <summary>Whether anybody is at the other end of standard output. .NET's console does not tell: it takes EPIPE for success.</summary>
internal static partial class StandardOutput
{
    private const int Descriptor = 1;
    private const short Error = 0x8, Hangup = 0x10, NotOpen = 0x20;

    /// <summary>True for a pipe without a reader and a terminal that has gone (poll(2)).</summary>
    public static bool IsClosed
    {
        get
        {
            var request = new PollRequest { Descriptor = Descriptor };
            return Poll(ref request, 1, 0) > 0 && (request.Returned & (Error | Hangup | NotOpen)) != 0;
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
