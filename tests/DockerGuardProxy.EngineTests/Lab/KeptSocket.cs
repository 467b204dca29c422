using System.Globalization;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>
/// Plays systemd's part in socket activation (sd_listen_fds(3)): makes the listening socket, keeps it over restarts of the program that
/// it is handed to, and never accepts.
/// </summary>
internal sealed partial class KeptSocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly int _inheritable;

    /// <param name="path">Where it is.</param>
    /// <param name="backlog">Callers that may wait while nobody accepts; more than net.core.somaxconn is that.</param>
    public KeptSocket(string path, int backlog)
    {
        _socket.Bind(new UnixDomainSocketEndPoint(path));
        _socket.Listen(backlog);

        // .NET marks its own descriptors close-on-exec; a duplicate is not.
        _inheritable = Duplicate((int)_socket.Handle);
    }

    /// <summary><paramref name="command"/>, started with the socket as descriptor 3.</summary>
    public string[] HandTo(string[] command) =>
    [
        // The shell is replaced by the program, whose process id is its own. dash knows no descriptor of two digits.
        "/bin/bash", "-c", "exec 3<&\"$0\"; [ \"$0\" = 3 ] || eval \"exec $0<&-\"; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$@\"",
        _inheritable.ToString(CultureInfo.InvariantCulture), .. command,
    ];

    public void Dispose()
    {
        _ = Close(_inheritable);
        _socket.Dispose();
    }

    [LibraryImport("libc", EntryPoint = "dup")]
    private static partial int Duplicate(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
