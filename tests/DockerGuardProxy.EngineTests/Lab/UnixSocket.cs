using System.Net.Sockets;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>Connections to a socket file.</summary>
internal static class UnixSocket
{
    /// <summary>A blocking connection.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static Socket Connect(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>True where somebody listens.</summary>
    public static bool Listens(string path)
    {
        if (!File.Exists(path))
            return false;
        try
        {
            Connect(path).Dispose();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
