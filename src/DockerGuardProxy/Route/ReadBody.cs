using System.Buffers;
using DockerGuardProxy.Guard;
using Microsoft.AspNetCore.Http;

namespace DockerGuardProxy.Route;

/// <summary>
/// A body that is read before anything is decided about its call. Its room is taken before its bytes are: what finds none stays where it is, for
/// whoever reads on, and in HTTP/2 in the client.
/// </summary>
internal sealed class ReadBody(KeptBodies all)
{
    /// <summary>Bytes; a form has fewer.</summary>
    private const int Usual = 256;

    private byte[] _bytes = [];
    private int _count;

    /// <summary>The room that it has; to be returned when nobody needs the bytes any more.</summary>
    public BodyRoom Room { get; } = new(all);

    /// <summary>What was read.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _count);

    /// <summary>How the reading ended.</summary>
    public BodyEnd End { get; private set; }

    /// <summary>Reads it, but no more than one byte beyond <paramref name="limit"/>.</summary>
    /// <exception cref="OperationCanceledException">The client has left.</exception>
    public async Task ReadAsync(HttpContext http, int limit) => End = await ReadToEndAsync(http, limit);

    /// <summary>Reads the rest of it for nobody, and forgets what was read. What is not read to its end has none, and nobody wants it.</summary>
    /// <exception cref="OperationCanceledException">The client has left.</exception>
    public async Task DrainAsync(HttpContext http)
    {
        (_bytes, _count) = ([], 0);
        Room.Return();
        var reader = http.Request.BodyReader;
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(http.RequestAborted);
                reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted) return;
            }
        }
        catch (IOException)
        {
            // It has no end.
        }
    }

    private async Task<BodyEnd> ReadToEndAsync(HttpContext http, int limit)
    {
        var reader = http.Request.BodyReader;
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(http.RequestAborted);
                var piece = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, limit + 1 - _count));
                if (!TryAppend(piece, limit + 1))
                {
                    reader.AdvanceTo(result.Buffer.Start);
                    return BodyEnd.WithoutRoom;
                }

                reader.AdvanceTo(piece.End);

                // Also where all of it has come at once: what becomes of a body must not depend on how it was cut.
                if (_count > limit) return BodyEnd.TooLong;
                if (result.IsCompleted) return BodyEnd.Whole;
            }
        }
        catch (IOException)
        {
            // One that has gone altogether ends the call by its token.
            return BodyEnd.BrokenOff;
        }
    }

    private bool TryAppend(in ReadOnlySequence<byte> piece, int most)
    {
        var count = _count + (int)piece.Length;
        if (count > _bytes.Length)
        {
            var size = Math.Min(most, Math.Max(count, Math.Max(Usual, 2 * _bytes.Length)));
            if (!Room.TryGrow(size)) return false;
            Array.Resize(ref _bytes, size);
        }

        piece.CopyTo(_bytes.AsSpan(_count));
        _count = count;
        return true;
    }
}
