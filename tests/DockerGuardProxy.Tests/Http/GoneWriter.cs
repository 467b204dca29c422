using System.IO.Pipelines;

namespace DockerGuardProxy.Tests.Http;

/// <summary>Where Kestrel has answers written whose client has gone: room for what is asked for, none where no number is said.</summary>
internal sealed class GoneWriter : PipeWriter
{
    public int Advanced { get; private set; }

    public override void Advance(int bytes) => Advanced += bytes;

    public override Memory<byte> GetMemory(int sizeHint = 0) => new byte[sizeHint];

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => new(new FlushResult(false, true));
}
