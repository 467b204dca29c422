using System.Buffers;

namespace DockerGuardProxy.Http;

/// <summary>Keeps the head of an answer as its bytes came, for a hijack to pass on untouched.</summary>
internal sealed class AnswerHead
{
    private readonly ArrayBufferWriter<byte> _bytes = new(256);
    private bool _complete;

    /// <summary>The head with its empty line; empty while it is not whole.</summary>
    public ReadOnlyMemory<byte> Bytes => _complete ? _bytes.WrittenMemory : default;

    /// <summary>Takes further bytes of the answer; those behind the head are left out.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_complete || bytes.IsEmpty) return;

        var before = _bytes.WrittenCount;
        _bytes.Write(bytes);
        var from = Math.Max(0, before - 3);
        var end = _bytes.WrittenSpan[from..].IndexOf("\r\n\r\n"u8);
        if (end < 0) return;

        _complete = true;
        var length = from + end + 4;
        var head = _bytes.WrittenSpan[..length].ToArray();
        _bytes.ResetWrittenCount();
        _bytes.Write(head);
    }
}
