using System.Buffers;

namespace DockerGuardProxy.Http;

/// <summary>The body of a request in HTTP/2, whose first bytes may have been read already, as YARP reads it.</summary>
/// <param name="rest">What follows them.</param>
/// <param name="body">The first bytes, and what keeps a copy.</param>
internal sealed class Http2Body(Stream rest, SentBody body) : AsyncStream
{
    private ReadOnlyMemory<byte> _taken = body.Taken ?? default;

    public override bool CanWrite => false;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        int count;
        if (_taken.IsEmpty)
        {
            count = await rest.ReadAsync(buffer, cancellationToken);
        }
        else
        {
            count = Math.Min(_taken.Length, buffer.Length);
            _taken[..count].CopyTo(buffer);
            _taken = _taken[count..];
        }

        body.Copy?.Append(new ReadOnlySequence<byte>(buffer[..count]));
        return count;
    }
}
