using System.Net.Sockets;

namespace DockerGuardProxy.Sockets;

/// <summary>What both lanes do with a connected socket.</summary>
internal static class SocketExtensions
{
    /// <summary>
    /// Waits, without a buffer, until there is something to read: bytes, the end, or an error that the next read throws. It may end for nothing:
    /// .NET takes any event of the socket for an answer to a read of no bytes (SocketAsyncContext.Unix.cs, BufferMemoryReceiveOperation), also one
    /// of bytes that were read since.
    /// </summary>
    /// <exception cref="SocketException">The socket was closed here.</exception>
    /// <exception cref="ObjectDisposedException">The same.</exception>
    public static ValueTask<int> WaitReadableAsync(this Socket socket) => socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);

    /// <summary>
    /// Sends all of it. Where that fails the sending side is ended: most times the peer has gone, and nobody is told. But the kernel may also have
    /// no buffer (ENOBUFS, for want of memory), and a peer that waits for the rest would wait for ever, and whoever waits for that peer as well.
    /// </summary>
    /// <exception cref="SocketException">The peer reads no more, or it could not be sent.</exception>
    /// <exception cref="ObjectDisposedException">The socket was closed here.</exception>
    public static ValueTask SendAllAsync(this Socket socket, ReadOnlyMemory<byte> bytes)
    {
        var sending = socket.SendAsync(bytes, SocketFlags.None);
        if (!sending.IsCompletedSuccessfully) return GoOnAsync(socket, bytes, sending);
        var sent = sending.Result;
        return sent == bytes.Length ? default : GoOnAsync(socket, bytes, new(sent));
    }

    /// <summary>
    /// Has the kernel keep twice as much that its peer has yet to read as it does by itself, if it lets anybody. For long bodies: a sender is woken
    /// when three quarters of it are read, and the fewer times that is, the less the two wait for each other.
    /// </summary>
    public static void KeepMore(this Socket socket)
    {
        // The kernel takes it twice, for what it needs around the bytes (socket(7), SO_SNDBUF): this is what it lets everybody have.
        const int usual = 212_992;
        try
        {
            if (socket.SendBufferSize < 2 * usual) socket.SendBufferSize = usual;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Closed: whoever sends next learns it.
        }
    }

    /// <summary>
    /// What a read would meet. Does not wait: a read of the socket, even one that only peeks, would where there is nothing, and the thread that
    /// asks may be the one that sees all sockets become ready.
    /// </summary>
    public static InputState Look(this Socket socket)
    {
        try
        {
            if (!socket.Poll(TimeSpan.Zero, SelectMode.SelectRead)) return InputState.Nothing;
            return socket.Available > 0 ? InputState.Bytes : InputState.End;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer has closed with bytes of ours unread; or it is closed here.
            return InputState.End;
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
        try
        {
            for (bytes = bytes[await sending..]; !bytes.IsEmpty;) bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None)..];
        }
        catch (SocketException)
        {
            socket.EndSending();
            throw;
        }
    }
}
