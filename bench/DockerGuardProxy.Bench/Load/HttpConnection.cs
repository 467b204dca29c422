using System.Globalization;
using System.Net.Sockets;
using System.Text;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Bench.Load;

/// <summary>
/// One HTTP/1.1 connection that blocks: a send and as few receives as the answer's bytes come in. A client library would cost more than
/// what is measured.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;

    public HttpConnection(string path)
    {
        _socket = UnixSocket.Connect(path);
        _socket.ReceiveTimeout = _socket.SendTimeout = (int)TimeSpan.FromMinutes(2).TotalMilliseconds;
    }

    /// <summary>A bare GET.</summary>
    public static byte[] Get(string target) => Encoding.ASCII.GetBytes($"GET {target} HTTP/1.1\r\nHost: docker\r\n\r\n");

    /// <summary>A POST with JSON and any further header lines.</summary>
    public static byte[] Post(string target, string json, string headers = "") => Encoding.UTF8.GetBytes(
        $"POST {target} HTTP/1.1\r\nHost: docker\r\nContent-Type: application/json\r\n{headers}Content-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");

    /// <summary>Sends all of it.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[_socket.Send(bytes)..];
    }

    /// <summary>One request and its whole answer.</summary>
    /// <returns>The status code.</returns>
    public int Exchange(ReadOnlySpan<byte> request)
    {
        Send(request);
        var status = ReadHead(out var length);
        if (length >= 0) Skip(length);
        else SkipChunks();
        return status;
    }

    /// <summary>Reads an answer's head.</summary>
    /// <param name="length">Bytes of the body; -1 where it comes in chunks or ends with the connection.</param>
    /// <returns>The status code.</returns>
    public int ReadHead(out long length)
    {
        int end;
        while ((end = Unread.IndexOf("\r\n\r\n"u8)) < 0) Fill();
        var head = Unread[..end];
        var status = int.Parse(head.Slice("HTTP/1.1 ".Length, 3), NumberStyles.None, CultureInfo.InvariantCulture);
        length = status is 204 or 304 || status < 200 ? 0 : ContentLength(head);
        _start += end + 4;
        return status;
    }

    /// <summary>Waits for one byte beyond the head.</summary>
    public void ReadFirstByte()
    {
        if (Unread.IsEmpty) Fill();
    }

    /// <summary>Reads on until the peer closes.</summary>
    /// <returns>Bytes.</returns>
    public long ReadToEnd()
    {
        long count = _end - _start;
        for (int read; (read = _socket.Receive(_buffer)) > 0;) count += read;
        return count;
    }

    public void Dispose() => _socket.Dispose();

    private Span<byte> Unread => _buffer.AsSpan(_start.._end);

    private static long ContentLength(ReadOnlySpan<byte> head)
    {
        foreach (var range in head.Split("\r\n"u8))
        {
            var line = head[range];
            var name = "Content-Length:"u8;
            if (line.Length > name.Length && Ascii.EqualsIgnoreCase(line[..name.Length], name))
                return long.Parse(line[name.Length..].Trim((byte)' '), NumberStyles.None, CultureInfo.InvariantCulture);
        }

        return -1;
    }

    private void Skip(long count)
    {
        while (count > _end - _start)
        {
            count -= _end - _start;
            _start = _end = 0;
            Fill();
        }

        _start += (int)count;
    }

    private void SkipChunks()
    {
        while (true)
        {
            int end;
            while ((end = Unread.IndexOf("\r\n"u8)) < 0) Fill();
            var size = long.Parse(Unread[..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            _start += end + 2;
            Skip(size + 2);
            if (size == 0) return;
        }
    }

    private void Fill()
    {
        if (_start == _end)
        {
            _start = _end = 0;
        }
        else if (_end == _buffer.Length)
        {
            Unread.CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        var count = _socket.Receive(_buffer.AsSpan(_end));
        if (count == 0) throw new IOException("the connection was closed inside an answer");
        _end += count;
    }
}
