using System.Buffers;
using System.Net.Sockets;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Streams;

/// <summary>
/// Copies what the engine sends on a granted stream to its client, in its pace. While a send to the client is under way, what the engine still
/// holds may be taken over: then the engine's side is read to its end ahead of the client, who gets all of it in the same order.
/// </summary>
/// <remarks>
/// Invariant, under <c>_gate</c>: the engine's side has one reader at any time. It is the pump's own until a take-over, which is possible only
/// while a send is under way, when the pump does not read; from then on it is that of <c>_rest</c>.
/// </remarks>
/// <param name="ends">Engine and client.</param>
/// <param name="onBegun">Called once, when the first bytes have come; null for nobody.</param>
internal sealed class StreamPump(IStreamEnds ends, Action? onBegun = null)
{
    /// <summary>Bytes of a block: about what a Unix socket holds by default.</summary>
    private const int Block = 128 * 1024;

    private readonly Lock _gate = new();
    private StreamRest? _rest;
    private Task _filling = Task.CompletedTask;
    private bool _isBlocked;

    /// <summary>What was taken over; null before.</summary>
    public StreamRest? Rest
    {
        get
        {
            lock (_gate) return _rest;
        }
    }

    /// <summary>Copies until the engine's side ends.</summary>
    /// <returns>True if it has come to its end; false if it broke off, or was closed here.</returns>
    /// <exception cref="SocketException">The client reads no more; or, before a take-over, the engine's side broke off.</exception>
    public async Task<bool> RunAsync()
    {
        try
        {
            return await CopyAsync() is { } isWhole ? isWhole : await PassRestAsync();
        }
        finally
        {
            if (Rest is { } rest)
            {
                // Whoever fills it must not be left behind: its reads are the engine's socket's, which is the caller's to close. One that has come
                // to the end reads no more; closed here, what the client still sends would be lost.
                rest.Drop();
                if (!rest.IsWhole && !_filling.IsCompleted) ends.CloseEngine();
                await _filling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>
    /// Takes over what the engine still holds. False if no send to the client is under way, or it was done before.
    /// </summary>
    public bool TryTakeOver(RestBudget budget, RestLimits limits)
    {
        lock (_gate)
        {
            if (!_isBlocked || _rest is not null) return false;
            var rest = _rest = new StreamRest(budget, limits);
            _filling = Task.Run(() => rest.FillAsync(ends));
            return true;
        }
    }

    /// <returns>Null if what follows was taken over.</returns>
    private async ValueTask<bool?> CopyAsync()
    {
        byte[]? block = null;
        var turn = new Turns(Turns.OfSockets);
        try
        {
            while (true)
            {
                if (block is null)
                {
                    await ends.WaitAsync();
                    block = ArrayPool<byte>.Shared.Rent(Block);
                }

                var count = await ends.ReadAsync(block);
                if (count == 0) return true;

                onBegun?.Invoke();
                onBegun = null;

                var sending = ends.SendAsync(block.AsMemory(0, count));
                if (!sending.IsCompletedSuccessfully && !await WaitAsync(sending)) return null;

                // It is not held while nothing comes.
                if (count < block.Length || !ends.HasMore)
                {
                    ArrayPool<byte>.Shared.Return(block);
                    block = null;
                }

                await turn.YieldAfterAsync(count);
            }
        }
        finally
        {
            if (block is not null) ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <returns>True if the pump goes on to read the engine's side; false if that was taken over meanwhile.</returns>
    private async ValueTask<bool> WaitAsync(ValueTask sending)
    {
        lock (_gate) _isBlocked = true;
        try
        {
            await sending;
        }
        finally
        {
            lock (_gate) _isBlocked = false;
        }

        return Rest is null;
    }

    private async ValueTask<bool> PassRestAsync()
    {
        var rest = Rest!;
        while (true)
        {
            // Segment by segment: each is free for others as soon as it is sent.
            var read = await ReadAsync(rest);
            if (read.Buffer.IsEmpty) return rest.IsWhole;
            var first = read.Buffer.First;
            await ends.SendAsync(first);
            rest.Reader.AdvanceTo(read.Buffer.GetPosition(first.Length));
            rest.GiveBack(first.Length);
        }
    }

    private static async ValueTask<System.IO.Pipelines.ReadResult> ReadAsync(StreamRest rest)
    {
        while (true)
        {
            var read = await rest.Reader.ReadAsync();
            if (!read.Buffer.IsEmpty || read.IsCompleted) return read;
            rest.Reader.AdvanceTo(read.Buffer.End);
        }
    }
}
