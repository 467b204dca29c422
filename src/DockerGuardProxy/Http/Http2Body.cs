using System.Buffers;

namespace DockerGuardProxy.Http;

/// <summary>The body of a request in HTTP/2, whose first bytes may have been read already, as YARP reads it.</summary>
/// <param name="rest">What follows them.</param>
/// <param name="body">The first bytes, and what keeps a copy.</param>
internal sealed class Http2Body(Stream rest, SentBody body) : Stream
{
    private ReadOnlyMemory<byte> _taken = body.Taken ?? default;

    public override bool CanRead => true;

    public override bool CanWrite => false;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

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

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
