using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace DockerGuardProxy.EngineTests.Streams;

/// <summary>
/// A client of an attach or exec stream that reads when the test says so. What it reads are the numbers 1, 2, 3 … a line each, written by
/// <see cref="Writer"/>.
/// </summary>
internal sealed class PausedClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly MemoryStream _read = new();
    private readonly bool _isTty;

    private PausedClient(bool isTty) => _isTty = isTty;

    /// <summary>Bytes of the stream that were read, frames included.</summary>
    public long Count => _read.Length;

    /// <summary>Writes the numbers up to a last one, as a shell's command.</summary>
    public static string Writer(long last = 1_000_000_000) => string.Create(CultureInfo.InvariantCulture, $"exec seq 1 {last}");

    /// <summary>Sends a request that becomes a stream, and reads the answer's head.</summary>
    /// <param name="path">The socket.</param>
    /// <param name="target">Of the call.</param>
    /// <param name="json">Its body.</param>
    /// <param name="isTty">What comes is not in frames.</param>
    public static Task<PausedClient> OpenAsync(string path, string target, string json = "", bool isTty = false) => OpenAsync(
        path,
        $"POST {target} HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\n"
        + $"Content-Length: {json.Length}\r\n\r\n{json}",
        isTty);

    /// <summary>The same over a websocket (RFC 6455), whose frames are left as they come.</summary>
    public static Task<PausedClient> OpenWebSocketAsync(string path, string target) => OpenAsync(
        path,
        $"GET {target} HTTP/1.1\r\nHost: docker\r\nOrigin: http://docker\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        isTty: false);

    private static async Task<PausedClient> OpenAsync(string path, string request, bool isTty)
    {
        var client = new PausedClient(isTty);
        await client._socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        await client._socket.SendAsync(Encoding.Latin1.GetBytes(request));
        var head = new List<byte>();
        var one = new byte[1];
        while (!head.TakeLast(4).SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await client._socket.ReceiveAsync(one) == 0)
                throw new InvalidOperationException($"No stream: {Encoding.Latin1.GetString([.. head])}");
            head.Add(one[0]);
        }

        var text = Encoding.Latin1.GetString([.. head]);
        return text.StartsWith("HTTP/1.1 101", StringComparison.Ordinal) ? client : throw new InvalidOperationException($"No stream: {text}");
    }

    /// <summary>Ends its sending side.</summary>
    public void HalfClose() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Reads so many bytes, and no more.</summary>
    public async Task ReadAsync(int count, CancellationToken cancellationToken)
    {
        var buffer = new byte[count];
        for (var rest = buffer.AsMemory(); !rest.IsEmpty;)
        {
            var got = await _socket.ReceiveAsync(rest, cancellationToken);
            if (got == 0) throw new InvalidOperationException($"The stream ended after {_read.Length} bytes.");
            _read.Write(rest.Span[..got]);
            rest = rest[got..];
        }
    }

    /// <summary>Reads on to the end of the stream.</summary>
    /// <returns>False if it has not come in time.</returns>
    public async Task<bool> RestAsync(TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        var buffer = new byte[256 * 1024];
        try
        {
            while (true)
            {
                var got = await _socket.ReceiveAsync(buffer, timeout.Token);
                if (got == 0) return true;
                _read.Write(buffer, 0, got);
            }
        }
        catch (SocketException)
        {
            // Closed with bytes of ours unread: for a client the same as closed.
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>The last number that came whole, if all before it came, once and in order.</summary>
    /// <exception cref="InvalidOperationException">Something is missing, or came twice.</exception>
    public long LastNumber()
    {
        var text = Encoding.ASCII.GetString(_isTty ? _read.ToArray() : Unframed());
        long last = 0;
        var lines = text.Split('\n');
        foreach (var line in lines[..^1])
        {
            var number = long.Parse(line.TrimEnd('\r'), CultureInfo.InvariantCulture);
            if (number != last + 1) throw new InvalidOperationException($"{number} follows {last}");
            last = number;
        }

        return last;
    }

    public void Dispose() => _socket.Dispose();

    // pkg/stdcopy: which stream, three zeros, the length; the last frame may be cut.
    private byte[] Unframed()
    {
        const int head = 8;
        var framed = _read.ToArray().AsSpan();
        var content = new MemoryStream();
        while (framed.Length > head)
        {
            var length = System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(framed[4..]);
            var taken = Math.Min(length, framed.Length - head);
            content.Write(framed.Slice(head, taken));
            framed = framed[(head + taken)..];
        }

        return content.ToArray();
    }
}
