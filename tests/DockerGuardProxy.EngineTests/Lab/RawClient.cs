using System.Net.Sockets;
using System.Text;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>A client that sees bytes only: no library between the test and the socket.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    private RawClient()
    {
    }

    /// <summary>Connects; a full backlog is tried again for a moment, as blocking clients do in the kernel.</summary>
    public static async Task<RawClient> ConnectAsync(string path)
    {
        var client = new RawClient();
        await client._socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
        return client;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    /// <summary>Sends all of it; a peer that has closed already is no error here.</summary>
    public async Task<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
                bytes = bytes[await _socket.SendAsync(bytes)..];
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Says that no more will be sent.</summary>
    public void HalfClose() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>One line without its end; null if the peer closed before.</summary>
    public async Task<string?> LineAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        while (await FillAsync(cancellationToken))
        {
            var c = (char)_buffer[_start++];
            if (c == '\n')
                return line.ToString().TrimEnd('\r');
            line.Append(c);
        }

        return line.Length == 0 ? null : line.ToString();
    }

    /// <summary>Reads exactly so many bytes, fewer if the peer closes.</summary>
    public async Task<byte[]> BytesAsync(long count, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        while (bytes.Length < count && await FillAsync(cancellationToken))
        {
            var part = (int)Math.Min(count - bytes.Length, _end - _start);
            bytes.Write(_buffer, _start, part);
            _start += part;
        }

        return bytes.ToArray();
    }

    /// <summary>Reads on until the peer closes.</summary>
    /// <returns>True if it did; false if the time was over first.</returns>
    public async Task<bool> RestAsync(Stream into, CancellationToken cancellationToken)
    {
        try
        {
            while (await FillAsync(cancellationToken))
            {
                into.Write(_buffer, _start, _end - _start);
                _start = _end;
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start < _end)
            return true;
        _start = _end = 0;
        try
        {
            _end = await _socket.ReceiveAsync(_buffer, cancellationToken);
        }
        catch (SocketException)
        {
            // Closed with bytes of ours unread: for a client the same as closed.
            _end = 0;
        }

        return _end > 0;
    }
}
