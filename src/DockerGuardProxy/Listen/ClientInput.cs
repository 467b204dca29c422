using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace DockerGuardProxy.Listen;

/// <summary>The reading half of a <see cref="ClientTransport"/>.</summary>
/// <param name="raw">The socket's.</param>
/// <param name="beginRequest">Told of every read that holds part of a head.</param>
/// <param name="onAsked">Told when a further head is asked for that has not come; with the bytes that were consumed in all.</param>
internal sealed class ClientInput(PipeReader raw, Action beginRequest, Action<long> onAsked) : PipeReader
{
    private static readonly ReadResult Completed = new(default, isCanceled: false, isCompleted: true);

    private bool _answering;
    private long _finalLength = -1;
    private ReadOnlySequence<byte> _shown;
    private long _consumed;

    public bool IsTaken { get; set; }

    /// <summary>What the head now in the input looked like before Kestrel was given it.</summary>
    public HeadRepair Repair { get; } = new();

    public bool HasUnread
    {
        get
        {
            if (IsTaken || !raw.TryRead(out var result)) return false;

            raw.AdvanceTo(result.Buffer.Start);
            return !result.Buffer.IsEmpty;
        }
    }

    /// <summary>From now on the input is a request's body.</summary>
    public void BeginAnswer() => _answering = true;

    /// <summary>From now on the input is a head.</summary>
    public void EndAnswer()
    {
        _answering = false;
        Repair.Reset();
    }

    public override bool TryRead(out ReadResult result)
    {
        if (IsTaken)
        {
            result = Completed;
            return true;
        }

        if (!raw.TryRead(out result)) return false;

        result = Look(result);
        return true;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (IsTaken) return new(Completed);

        var read = raw.ReadAsync(cancellationToken);
        if (read.IsCompletedSuccessfully) return new(Look(read.Result));
        if (!_answering) onAsked(_consumed);
        return WaitAsync(read);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (IsTaken) return;

        // Kestrel says no position at all where it could not read what it was shown (Http1ChunkedEncodingMessageBody.Read, of trailers).
        if (consumed.GetObject() is not null) _consumed += _shown.Slice(_shown.Start, consumed).Length;
        _shown = default;
        raw.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead()
    {
        if (!IsTaken) raw.CancelPendingRead();
    }

    public override void Complete(Exception? exception = null)
    {
        if (!IsTaken) raw.Complete(exception);
    }

    // Pooled: one for each read of a long body would grow the heap by its length's share.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> WaitAsync(ValueTask<ReadResult> read) => Look(await read);

    private ReadResult Look(ReadResult result)
    {
        _shown = result.Buffer;
        if (!_answering)
        {
            if (!result.Buffer.IsEmpty)
            {
                beginRequest();
                Repair.Apply(result.Buffer);
            }

            return result;
        }

        if (!result.IsCompleted) return result;

        // Inside a body Kestrel takes the end of the input for a departure and aborts the answer, although the client may only
        // have ended its sending side. It is shown the bytes without their end, and if it wants more, an error in its place.
        if (result.Buffer.IsEmpty || result.Buffer.Length == _finalLength)
        {
            raw.AdvanceTo(result.Buffer.Start);
            throw new IOException("The client ended its sending side inside the request's body.");
        }

        _finalLength = result.Buffer.Length;
        return new ReadResult(result.Buffer, result.IsCanceled, isCompleted: false);
    }
}
