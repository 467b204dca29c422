using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>Something at an engine's socket that does what a real engine does only when it is in trouble.</summary>
internal sealed class FakeEngine : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Func<FakeEngine, Socket, string, int, Task<bool>> _answer;
    private readonly ConcurrentBag<Socket> _connections = [];

    /// <param name="answer">
    /// Gets the connection, a request's head and its number on this connection (from 1); answers; false closes the connection.
    /// </param>
    public FakeEngine(Func<FakeEngine, Socket, string, int, Task<bool>> answer)
    {
        _answer = answer;
        SocketPath = Machine.NewPath("f") + ".sock";
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen(4096);
        _ = AcceptAsync();
    }

    public string SocketPath { get; }

    /// <summary>Request lines in the order they came.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public int Connections => _connections.Count;

    /// <summary>Sends a whole answer of 200.</summary>
    public static async Task<bool> OkAsync(Socket connection)
    {
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nOK"u8.ToArray());
        return true;
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var connection in _connections)
            connection.Dispose();
        File.Delete(SocketPath);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var connection = await _listener.AcceptAsync();
                _connections.Add(connection);
                _ = ServeAsync(connection);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        var buffer = new byte[64 * 1024];
        var text = "";
        try
        {
            for (var number = 1; ; number++)
            {
                int end;
                while ((end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal)) < 0)
                {
                    var count = await connection.ReceiveAsync(buffer);
                    if (count == 0)
                    {
                        connection.Dispose();
                        return;
                    }

                    text += Encoding.Latin1.GetString(buffer, 0, count);
                }

                var head = text[..end];
                text = text[(end + 4)..];
                Requests.Enqueue(head.Split('\r')[0]);
                if (!await _answer(this, connection, head, number))
                {
                    connection.Dispose();
                    return;
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other side went.
        }
    }
}
