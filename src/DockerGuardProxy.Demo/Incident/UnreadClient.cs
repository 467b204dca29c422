using System.Net.Sockets;
using System.Text;

namespace DockerGuardProxy.Demo.Incident;

/// <summary>
/// A client that has attached to a container which writes the numbers 1, 2, 3 …, a line each, to a terminal. It reads only when told to.
/// </summary>
internal sealed class UnreadClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private long _last, _begun;

    private UnreadClient()
    {
    }

    /// <summary>Attaches.</summary>
    /// <exception cref="IOException">It was not granted.</exception>
    public static async Task<UnreadClient> AttachAsync(string path, string container, CancellationToken cancellationToken)
    {
        var client = new UnreadClient();
        try
        {
            await client._socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            var request = $"POST /containers/{container}/attach?stream=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: docker\r\n"
                + "Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n";
            await client._socket.SendAsync(Encoding.ASCII.GetBytes(request), cancellationToken);
            var head = await client.HeadAsync(cancellationToken);
            return head.StartsWith("HTTP/1.1 101 ", StringComparison.Ordinal) ? client : throw new IOException($"attach: {head.Split('\r')[0]}");
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Reads so many bytes, and no more.</summary>
    /// <exception cref="IOException">The stream ends before.</exception>
    public async Task ReadAsync(int count, CancellationToken cancellationToken)
    {
        var buffer = new byte[count];
        for (var rest = buffer.AsMemory(); !rest.IsEmpty;)
        {
            var got = await _socket.ReceiveAsync(rest, cancellationToken);
            if (got == 0) throw new IOException("attach: the stream ended");
            Take(rest.Span[..got]);
            rest = rest[got..];
        }
    }

    /// <summary>Reads on to the end of the stream.</summary>
    /// <returns>The last number that came whole.</returns>
    /// <exception cref="IOException">A number is missing, or came twice.</exception>
    public async Task<long> ReadToEndAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[64 << 10];
        while (await _socket.ReceiveAsync(buffer, cancellationToken) is > 0 and var got) Take(buffer.AsSpan(0, got));
        return _last;
    }

    public void Dispose() => _socket.Dispose();

    private void Take(ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes)
        {
            switch (one)
            {
                case (byte)'\r':
                    break;
                case (byte)'\n':
                    if (_begun != _last + 1) throw new IOException($"attach: {_begun} follows {_last}");
                    (_last, _begun) = (_begun, 0);
                    break;
                default:
                    _begun = (_begun * 10) + (one - '0');
                    break;
            }
        }
    }

    /// <summary>Byte by byte: what follows the head is the stream's.</summary>
    private async Task<string> HeadAsync(CancellationToken cancellationToken)
    {
        var (head, one) = (new StringBuilder(), new byte[1]);
        while (await _socket.ReceiveAsync(one, cancellationToken) > 0)
        {
            head.Append((char)one[0]);
            if (one[0] == '\n' && head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal)) break;
        }

        return head.ToString();
    }
}
