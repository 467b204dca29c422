using System.IO.Pipelines;

namespace DockerGuardProxy.Streams;

/// <summary>
/// What was read of the engine's side of a stream ahead of its client. One task fills it and one empties it; how many bytes it may hold at a time
/// is bounded, for itself and with all others.
/// </summary>
/// <remarks>
/// Invariant, under <c>_gate</c>: <c>_held</c> bytes of the budget are its own: those that it holds, and the room for those that are being read.
/// Once it is dropped, it holds none and takes none.
/// </remarks>
internal sealed class StreamRest(RestBudget budget, RestLimits limits)
{
    /// <summary>Bytes of a segment: two of the pieces in which Go copies.</summary>
    private const int Segment = 64 * 1024;

    // Never made to wait: what would be too much is not read.
    private readonly Pipe _pipe = new(new PipeOptions(minimumSegmentSize: Segment, pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly Lock _gate = new();
    private long _held;
    private bool _isDropped;

    /// <summary>The bytes held, and room taken for more.</summary>
    public long Held
    {
        get
        {
            lock (_gate) return _held;
        }
    }

    /// <summary>It had no room for more, and the engine's side was closed in front of its end.</summary>
    public bool IsCut { get; private set; }

    /// <summary>The engine's side has come to its end.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Takes them out.</summary>
    public PipeReader Reader => _pipe.Reader;

    /// <summary>Reads the engine's side to its end; closes it where there is no room for more.</summary>
    public async Task FillAsync(IStreamEnds ends)
    {
        var writer = _pipe.Writer;
        try
        {
            while (true)
            {
                await ends.WaitAsync();
                var memory = writer.GetMemory();
                var room = Take(memory.Length);
                if (room == 0)
                {
                    lock (_gate) IsCut = !_isDropped;
                    ends.CloseEngine();
                    return;
                }

                var count = 0;
                try
                {
                    count = await ends.ReadAsync(memory[..room]);
                }
                finally
                {
                    GiveBack(room - count);
                }

                if (count == 0)
                {
                    IsWhole = true;
                    return;
                }

                writer.Advance(count);
                if ((await writer.FlushAsync()).IsCompleted) return;
            }
        }
        finally
        {
            await writer.CompleteAsync();
        }
    }

    /// <summary>So many bytes have gone to the client.</summary>
    public void GiveBack(long count)
    {
        lock (_gate)
        {
            if (_isDropped) return;
            _held -= count;
            budget.GiveBack(count);
        }
    }

    /// <summary>Nobody takes the rest.</summary>
    public void Drop()
    {
        lock (_gate)
        {
            if (_isDropped) return;
            _isDropped = true;
            budget.GiveBack(_held);
            _held = 0;
        }

        _pipe.Reader.Complete();
    }

    private int Take(int wanted)
    {
        lock (_gate)
        {
            if (_isDropped) return 0;
            var taken = budget.Take((int)Math.Min(wanted, Math.Max(0, limits.Stream - _held)), limits.Node);
            _held += taken;
            return taken;
        }
    }
}
