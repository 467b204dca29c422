using System.IO.Pipelines;

namespace DockerGuardProxy.Listen;

/// <summary>
/// The writing half of a <see cref="ClientTransport"/>. It corrects two things that Kestrel can't be told: the status line of
/// an answer to an HTTP/1.0 request, and Kestrel's own answers to heads it refuses, which must read as the engine's would.
/// </summary>
internal sealed class ClientOutput(PipeWriter raw, TimeProvider time) : PipeWriter
{
    private const int MinorVersion = 7;

    private byte[]? _sink;
    private Memory<byte> _last;
    private StatusLine _next = StatusLine.Kestrel;
    private long _answerBegan;

    private enum StatusLine
    {
        /// <summary>No request has been handed to the application: what Kestrel writes now is its own refusal.</summary>
        Kestrel,

        /// <summary>The next bytes begin an answer to an HTTP/1.0 request.</summary>
        Http10,

        /// <summary>Passed on as written.</summary>
        Passed,
    }

    public bool IsTaken { get; set; }

    /// <summary>Timestamp of the first byte of the answer under way; 0 before it.</summary>
    public long AnswerBegan => Volatile.Read(ref _answerBegan);

    public override bool CanGetUnflushedBytes => raw.CanGetUnflushedBytes;

    public override long UnflushedBytes => IsTaken ? 0 : raw.UnflushedBytes;

    /// <summary>A request has come whole and is answered by the application.</summary>
    public void BeginAnswer(bool isHttp10)
    {
        _next = isHttp10 ? StatusLine.Http10 : StatusLine.Passed;
        Volatile.Write(ref _answerBegan, 0);
    }

    /// <summary>The answer is complete; whatever follows without a <see cref="BeginAnswer"/> is Kestrel's own.</summary>
    public void EndAnswer() => _next = StatusLine.Kestrel;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (IsTaken) return Sink(sizeHint);

        var memory = raw.GetMemory(sizeHint);
        if (_next != StatusLine.Passed) _last = memory;
        return memory;
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        if (IsTaken) return;
        if (_answerBegan == 0) Volatile.Write(ref _answerBegan, time.GetTimestamp());
        raw.Advance(_next == StatusLine.Passed || bytes == 0 ? bytes : Correct(bytes));
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        IsTaken ? default : raw.FlushAsync(cancellationToken);

    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (IsTaken) return default;
        if (_next != StatusLine.Passed) return base.WriteAsync(source, cancellationToken);
        if (_answerBegan == 0) Volatile.Write(ref _answerBegan, time.GetTimestamp());
        return raw.WriteAsync(source, cancellationToken);
    }

    public override void CancelPendingFlush()
    {
        if (!IsTaken) raw.CancelPendingFlush();
    }

    public override void Complete(Exception? exception = null)
    {
        if (!IsTaken) raw.Complete(exception);
    }

    private int Correct(int bytes)
    {
        var written = _last.Span;
        if (_next == StatusLine.Kestrel) bytes = AsEngineRefusal(written, bytes);
        else if (written[..bytes].StartsWith("HTTP/1.1"u8)) written[MinorVersion] = (byte)'0';
        _next = StatusLine.Passed;
        _last = default;
        return bytes;
    }

    /// <summary>net/http's conn.serve answers a head that it can't read with one of these and closes.</summary>
    private static int AsEngineRefusal(Span<byte> written, int bytes)
    {
        const int Code = 9, CodeLength = 3;
        if (bytes < Code + CodeLength || !written.StartsWith("HTTP/1.1 "u8)) return bytes;

        var code = written.Slice(Code, CodeLength);
        var answer = code.SequenceEqual("431"u8)
            ? "HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n431 Request Header Fields Too Large"u8
            : code.SequenceEqual("505"u8)
            ? "HTTP/1.1 505 HTTP Version Not Supported: unsupported protocol version\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n505 HTTP Version Not Supported: unsupported protocol version"u8
            : "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request"u8;
        if (answer.Length > written.Length) return bytes;

        answer.CopyTo(written);
        return answer.Length;
    }

    private Memory<byte> Sink(int sizeHint)
    {
        const int Usual = 4096;
        if (_sink is null || _sink.Length < sizeHint) _sink = new byte[Math.Max(sizeHint, Usual)];
        return _sink;
    }
}
