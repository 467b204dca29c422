using System.Buffers;

namespace DockerGuardProxy.Http;

/// <summary>A bounded copy of a body that passes.</summary>
/// <param name="limit">Bytes; of a longer body nothing is kept.</param>
internal sealed class BodyCopy(int limit)
{
    private ArrayBufferWriter<byte>? _bytes = new();

    /// <summary>The body so far; empty if it is longer than the limit.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes is null ? default : _bytes.WrittenSpan;

    /// <summary>Takes further bytes.</summary>
    public void Append(in ReadOnlySequence<byte> bytes)
    {
        if (_bytes is null) return;

        if (_bytes.WrittenCount + bytes.Length > limit)
        {
            _bytes = null;
            return;
        }

        foreach (var memory in bytes) _bytes.Write(memory.Span);
    }
}
