using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using DockerGuardProxy.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Http;

/// <summary>Copies a request's body to the engine while the answer is read, framed as its head says.</summary>
internal sealed class RequestBody
{
    private const int PieceSize = 64 * 1024;

    /// <summary>
    /// Bytes of a body between two collections of the youngest generation. Its budget follows the size of the last cache (504 MB where
    /// this was measured), which no setting of a native binary changes: what Kestrel's reading leaves behind would grow the heap by
    /// 90 MB for a gibibyte. Next to nothing survives, so each takes well under a millisecond.
    /// </summary>
    private const long CollectionInterval = 16 << 20;

    /// <summary>Room for a chunk's size and the line ends around it, in bytes.</summary>
    private const int MaxFraming = 16;

    private readonly HttpContext _http;
    private readonly PipeReader _reader;
    private readonly bool _isChunked;
    private readonly ReadOnlyMemory<byte>? _taken;
    private Socket? _socket;
    private Task<bool>? _copy;

    /// <summary>A body of which the first bytes may have been taken already.</summary>
    /// <param name="http">The request.</param>
    /// <param name="taken">
    /// The bytes that were read from it; null where nobody has read. One that was read and was empty still has an end to be sent: in chunks
    /// its last chunk, without which the engine waits for ever.
    /// </param>
    public RequestBody(HttpContext http, ReadOnlyMemory<byte>? taken = null)
    {
        _http = http;
        _reader = http.Request.BodyReader;
        _isChunked = http.Request.Headers.TransferEncoding.Count > 0;
        _taken = taken;
    }

    /// <summary>True if its client has been told to send it.</summary>
    public bool IsRead => _taken is not null;

    /// <summary>Keeps a copy of the body, as far as it fits; set before <see cref="Start"/>.</summary>
    public BodyCopy? Copy { get; init; }

    /// <summary>Starts to copy.</summary>
    /// <param name="socket">The engine's connection, on which the head has just been sent.</param>
    /// <param name="onDelivered">Called when the last byte is with the engine.</param>
    /// <param name="onBroken">Called when the client has broken off.</param>
    public void Start(Socket socket, Action onDelivered, Action onBroken)
    {
        _socket = socket;
        _copy = CopyAsync(socket, onDelivered, onBroken);
    }

    /// <summary>Completes with the copy: true if the body is wholly with the engine.</summary>
    public Task<bool> Completion => _copy ?? Task.FromResult(false);

    /// <summary>Ends the copy where it is. True if the body had been sent whole.</summary>
    public async ValueTask<bool> EndAsync()
    {
        if (_copy is null) return false;
        if (_copy.IsCompleted) return await _copy;

        _reader.CancelPendingRead();

        // A send may wait for an engine that reads no more. Even if the copy comes to its end now, the connection is of no further use.
        _socket?.EndSending();
        await _copy;
        return false;
    }

    private async Task<bool> CopyAsync(Socket socket, Action onDelivered, Action onBroken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(PieceSize);
        long sinceCollection = 0, sinceYield = 0;
        try
        {
            if (_taken is { IsEmpty: false } taken) await SendAsync(socket, buffer, new ReadOnlySequence<byte>(taken));
            while (true)
            {
                var result = await _reader.ReadAsync();
                if (result.IsCanceled)
                {
                    _reader.AdvanceTo(result.Buffer.Start);
                    return false;
                }

                var length = result.Buffer.Length;
                if (length > 0)
                {
                    sinceCollection += length;
                    if (sinceCollection >= CollectionInterval)
                    {
                        sinceCollection = 0;
                        GC.Collect(0);
                    }

                    Copy?.Append(result.Buffer);
                    await SendAsync(socket, buffer, result.Buffer);
                }

                _reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) break;

                // The thread is the one that sees the sockets of others become ready.
                sinceYield += length;
                if (sinceYield < PieceSize) continue;
                sinceYield = 0;
                await Task.Yield();
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
        catch (Exception)
        {
            // The client broke off inside the body, or sent what can't be read, which Kestrel says by more than one exception. The engine learns it
            // by the end of the stream, as on its own socket: whatever it was, it must not wait for the rest for ever.
            socket.EndSending();
            onBroken();
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// Sends bytes in pieces of one pooled buffer, but for those that lie in one block and want no frame. Sending Kestrel's 4 KB blocks as a
    /// list was rejected: each such send allocates, and a gibibyte of them grew the heap by 90 MB.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendAsync(Socket socket, byte[] buffer, ReadOnlySequence<byte> bytes)
    {
        if (!_isChunked && bytes.IsSingleSegment)
        {
            await socket.SendAllAsync(bytes.First);
            return;
        }

        while (!bytes.IsEmpty)
        {
            var piece = bytes.Slice(0, Math.Min(bytes.Length, buffer.Length - MaxFraming));
            bytes = bytes.Slice(piece.End);
            await socket.SendAllAsync(buffer.AsMemory(0, Frame(piece, buffer)));
        }
    }

    private int Frame(in ReadOnlySequence<byte> piece, Span<byte> buffer)
    {
        var start = 0;
        var length = (int)piece.Length;
        if (_isChunked)
        {
            length.TryFormat(buffer, out start, "x", CultureInfo.InvariantCulture);
            "\r\n"u8.CopyTo(buffer[start..]);
            start += 2;
        }

        piece.CopyTo(buffer[start..]);
        var end = start + length;
        if (!_isChunked) return end;

        "\r\n"u8.CopyTo(buffer[end..]);
        return end + 2;
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
        await socket.SendAllAsync(Encoding.Latin1.GetBytes(last.ToString()));
    }
}
