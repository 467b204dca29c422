using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Forward;

/// <summary>Copies a request's body to the engine while the answer is read, framed as its head says.</summary>
internal sealed class RequestBody
{
    private readonly HttpContext _http;
    private readonly PipeReader _reader;
    private readonly bool _isChunked;
    private readonly ReadOnlyMemory<byte> _taken;
    private Socket? _socket;
    private Task<bool>? _copy;

    /// <summary>A body of which the first bytes may have been taken already.</summary>
    /// <param name="http">The request.</param>
    /// <param name="taken">The bytes that were read from it.</param>
    public RequestBody(HttpContext http, ReadOnlyMemory<byte> taken = default)
    {
        _http = http;
        _reader = http.Request.BodyReader;
        _isChunked = http.Request.Headers.TransferEncoding.Count > 0;
        _taken = taken;
    }

    /// <summary>True if its client has been told to send it.</summary>
    public bool IsRead => !_taken.IsEmpty;

    /// <summary>Keeps a copy of the body, as far as it fits; set before <see cref="Start"/>.</summary>
    public BodyCopy? Copy { get; init; }

    /// <summary>Starts to copy.</summary>
    /// <param name="socket">The engine's connection, on which the head has just been sent.</param>
    /// <param name="onDelivered">Called when the last byte is with the engine.</param>
    public void Start(Socket socket, Action onDelivered)
    {
        _socket = socket;
        _copy = CopyAsync(socket, onDelivered);
    }

    /// <summary>Completes with the copy: true if the body is wholly with the engine.</summary>
    public Task<bool> Completion => _copy ?? Task.FromResult(false);

    /// <summary>Ends the copy where it is. True if the body had been sent whole.</summary>
    public async ValueTask<bool> EndAsync()
    {
        if (_copy is null) return false;
        if (!_copy.IsCompleted)
        {
            _reader.CancelPendingRead();

            // A send may wait for an engine that reads no more.
            if (_socket is { } socket) Abandon(socket);
        }

        return await _copy;
    }

    private async Task<bool> CopyAsync(Socket socket, Action onDelivered)
    {
        var segments = new List<ArraySegment<byte>>();
        try
        {
            if (!_taken.IsEmpty) await SendAsync(socket, segments, new ReadOnlySequence<byte>(_taken));
            while (true)
            {
                var result = await _reader.ReadAsync();
                if (result.IsCanceled)
                {
                    _reader.AdvanceTo(result.Buffer.Start);
                    return false;
                }

                if (!result.Buffer.IsEmpty)
                {
                    Copy?.Append(result.Buffer);
                    await SendAsync(socket, segments, result.Buffer);
                }

                _reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) break;
            }

            if (_isChunked) await SendLastChunkAsync(socket);
            onDelivered();
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The engine reads no further: its answer says why, and is on its way.
            return false;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The client broke off inside the body. The engine learns it by the end of the stream, as on its own socket.
            Abandon(socket);
            return false;
        }
    }

    private static void Abandon(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The engine has closed it already.
        }
    }

    private async ValueTask SendAsync(Socket socket, List<ArraySegment<byte>> segments, ReadOnlySequence<byte> bytes)
    {
        segments.Clear();
        if (_isChunked) segments.Add(Encoding.ASCII.GetBytes(bytes.Length.ToString("x", CultureInfo.InvariantCulture) + "\r\n"));
        foreach (var memory in bytes) segments.Add(AsArray(memory));
        if (_isChunked) segments.Add("\r\n"u8.ToArray());
        await SendAllAsync(socket, segments);
    }

    private async ValueTask SendLastChunkAsync(Socket socket)
    {
        var last = new StringBuilder("0\r\n");
        var trailers = _http.Features.Get<IHttpRequestTrailersFeature>();
        if (trailers is { Available: true })
        {
            foreach (var (name, values) in trailers.Trailers)
            {
                foreach (var value in values) last.Append(name).Append(": ").Append(value).Append("\r\n");
            }
        }

        last.Append("\r\n");
        await SendAllAsync(socket, [Encoding.Latin1.GetBytes(last.ToString())]);
    }

    private static async ValueTask SendAllAsync(Socket socket, List<ArraySegment<byte>> segments)
    {
        while (segments.Count > 0)
        {
            var sent = await socket.SendAsync(segments, SocketFlags.None);
            var index = 0;
            while (index < segments.Count && sent >= segments[index].Count) sent -= segments[index++].Count;
            segments.RemoveRange(0, index);
            if (sent > 0) segments[0] = segments[0].Slice(sent);
        }
    }

    private static ArraySegment<byte> AsArray(ReadOnlyMemory<byte> memory) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(memory, out var array) ? array : memory.ToArray();
}
