using System.Net.Sockets;

namespace DockerGuardProxy.Sockets;

/// <summary>What both lanes do with a connected socket.</summary>
internal static class SocketExtensions
{
    /// <summary>Waits, without a buffer, until there is something to read: bytes, the end, or an error that the next read throws.</summary>
    /// <exception cref="SocketException">The socket was closed here.</exception>
    /// <exception cref="ObjectDisposedException">The same.</exception>
    public static ValueTask<int> WaitReadableAsync(this Socket socket) => socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);

    /// <summary>Sends all of it.</summary>
    /// <exception cref="SocketException">The peer reads no more.</exception>
    /// <exception cref="ObjectDisposedException">The socket was closed here.</exception>
    public static ValueTask SendAllAsync(this Socket socket, ReadOnlyMemory<byte> bytes)
    {
        var sending = socket.SendAsync(bytes, SocketFlags.None);
        if (!sending.IsCompletedSuccessfully) return GoOnAsync(socket, bytes, sending);
        var sent = sending.Result;
        return sent == bytes.Length ? default : GoOnAsync(socket, bytes, new(sent));
    }

    /// <summary>True if the input has come to its end. To be asked only when something can be read: it would wait.</summary>
    public static bool IsAtEnd(this Socket socket)
    {
        Span<byte> first = stackalloc byte[1];
        try
        {
            return socket.Receive(first, SocketFlags.Peek) == 0;
        }
        catch (SocketException)
        {
            // The peer has closed with bytes of ours unread.
            return true;
        }
    }

    /// <summary>Ends the sending side; a peer that has closed the connection is none to tell.</summary>
    public static void EndSending(this Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // There is nobody to tell.
        }
    }

    private static async ValueTask GoOnAsync(Socket socket, ReadOnlyMemory<byte> bytes, ValueTask<int> sending)
    {
        for (bytes = bytes[await sending..]; !bytes.IsEmpty;) bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
    }
}
