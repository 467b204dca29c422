using System.Buffers;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Splice;

/// <summary>Passes on what the engine sends on one connection of a <see cref="SpliceLane"/>, as it comes.</summary>
/// <param name="lane">The lane.</param>
/// <param name="calls">Told when an answer begins.</param>
/// <param name="client">Gets the answers.</param>
/// <param name="engine">The connection that it reads, alone.</param>
internal sealed class AnswerReader(SpliceLane lane, ISplicedCalls calls, ClientConnection client, Socket engine)
{
    /// <summary>Bytes of a block for a head and what comes with it.</summary>
    private const int Small = 16 * 1024;

    /// <summary>Bytes of a block for the rest of a body: about what a Unix socket holds by default.</summary>
    private const int Large = 128 * 1024;

    // Of the answer under way, once its head is read.
    private Framing _framing;
    private bool _isLast;

    private Turns _turn = new(Turns.OfSockets);
    private bool _isAtEnd;
    private bool _isClientGone;
    private bool _isLong;

    // Whether the call under way can be left, and of one that was: called when its answer has begun.
    private readonly Lock _gate = new();
    private bool _isBegun;
    private volatile Action? _onSeen;

    private enum Step
    {
        /// <summary>A next head follows, now or later.</summary>
        Head,

        /// <summary>The rest of a body follows.</summary>
        Body,

        /// <summary>A raw stream of a container's or an exec's follows.</summary>
        Stream,

        /// <summary>Nothing more is to be read.</summary>
        End,
    }

    private ReadOnlySpan<byte> Method => lane.Call.IsHead ? "HEAD"u8 : default;

    /// <summary>Runs until the engine's connection has come to its end, or either side is closed.</summary>
    public async Task RunAsync(Action<Exception> onFault)
    {
        try
        {
            for (var step = Step.Head; step != Step.End;)
            {
                step = step switch
                {
                    Step.Head => await PassHeadAsync(),
                    Step.Body => await PassBodyAsync(),
                    _ => await PassStreamAsync(),
                };
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Either side is gone.
        }
        catch (Exception e)
        {
            onFault(e);
        }
        finally
        {
            End();
        }
    }

    /// <summary>
    /// The call under way is nobody's from now on: its answer goes nowhere, and the connection ends with its first bytes. False if it has begun.
    /// </summary>
    /// <remarks>Invariant, under <c>_gate</c>: of a call that was left nothing goes to the client, and none that has begun is left.</remarks>
    internal bool TryLeave(Action onSeen)
    {
        lock (_gate)
        {
            if (_isBegun) return false;
            _onSeen = onSeen;
            return true;
        }
    }

    private bool TryBegin()
    {
        lock (_gate)
        {
            _isBegun = true;
            return _onSeen is null;
        }
    }

    private void End()
    {
        if (TryBegin())
        {
            lane.OnEngineEnded(engine, _isAtEnd);
            return;
        }

        engine.Dispose();
        _onSeen!();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Step> PassHeadAsync()
    {
        lock (_gate) _isBegun = false;
        await engine.WaitReadableAsync();
        var block = ArrayPool<byte>.Shared.Rent(Small);
        var count = 0;
        try
        {
            AnswerScan scan = default;
            while (true)
            {
                if (count == block.Length) block = Enlarge(block, count);
                var received = await engine.ReceiveAsync(block.AsMemory(count), SocketFlags.None);
                if (received == 0)
                {
                    _isAtEnd = true;
                    if (count > 0 && TryBegin()) await SendAsync(block.AsMemory(0, count));
                    return Step.End;
                }

                // Nobody has asked for it: whatever it is, it must not pass for the answer to the next call.
                if (_onSeen is null && !lane.IsAnswering) return Step.End;

                count += received;
                var outcome = scan.Read(block.AsSpan(0, count), Method);
                while (outcome == AnswerOutcome.Interim)
                {
                    if (scan.Status == 100) lane.OnContinue();
                    if (_onSeen is null) await SendAsync(block.AsMemory(0, scan.Length));
                    count -= scan.Length;
                    if (count == 0) return Step.Head;

                    block.AsSpan(scan.Length, count).CopyTo(block);
                    scan = default;
                    outcome = scan.Read(block.AsSpan(0, count), Method);
                }

                if (outcome == AnswerOutcome.Incomplete) continue;
                if (!TryBegin()) return Step.End;

                var used = Begin(outcome, scan, block.AsSpan(0, count), out var isStream);
                await SendAsync(block.AsMemory(0, used));
                if (isStream)
                {
                    lane.OnStream();
                    if (lane.Call.Stream is { Kind: StreamKind.Attach or StreamKind.Exec }) return Step.Stream;
                }

                if (used < count) return EndAnswer(isSurplus: true);
                return _framing.IsComplete ? EndAnswer(isSurplus: false) : Step.Body;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Step> PassBodyAsync()
    {
        byte[]? block = null;
        try
        {
            while (true)
            {
                if (block is null)
                {
                    await engine.WaitReadableAsync();
                    block = ArrayPool<byte>.Shared.Rent(Large);
                }

                var received = await engine.ReceiveAsync(block, SocketFlags.None);
                if (received == 0)
                {
                    _isAtEnd = true;
                    return Step.End;
                }

                if (received == block.Length && !_isLong)
                {
                    _isLong = true;
                    client.Socket.KeepMore();
                }

                var used = Follow(block.AsSpan(0, received));
                await SendAsync(block.AsMemory(0, used));
                if (used < received || _framing.IsComplete) return EndAnswer(isSurplus: used < received);

                // Where a block was filled, more is likely to be there. It is not held while nothing comes.
                if (received < block.Length || engine.Available == 0)
                {
                    ArrayPool<byte>.Shared.Return(block);
                    block = null;
                }

                await _turn.YieldAfterAsync(received);
            }
        }
        finally
        {
            if (block is not null) ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>A stream whose client may stop to read: what the engine holds then may have to be taken over.</summary>
    private async ValueTask<Step> PassStreamAsync()
    {
        _isAtEnd = await lane.Call.Stream!.CopyAsync(new SplicedEnds(engine, SendAsync));
        return Step.End;
    }

    /// <summary>Reads what the head says of the rest.</summary>
    /// <returns>How many of the bytes belong to the answer.</returns>
    private int Begin(AnswerOutcome outcome, in AnswerScan scan, ReadOnlySpan<byte> bytes, out bool isStream)
    {
        calls.OnAnswering();
        client.BeginSplicedAnswer();
        isStream = outcome == AnswerOutcome.Switching || (outcome == AnswerOutcome.Final && scan.IsRawStream && lane.Call.MayStream);

        // What is no HTTP goes on as it is, too: the client makes of it what it would make of it on the engine's own socket.
        if (isStream || outcome == AnswerOutcome.NotHttp)
        {
            _framing = Framing.UntilClose;
            return bytes.Length;
        }

        _framing = scan.Framing;
        _isLast = scan.Closes;
        lane.Call.Glance?.Invoke(scan.Status, bytes[scan.Length..]);
        return scan.Length + Follow(bytes[scan.Length..]);
    }

    /// <summary>Where the framing breaks, nobody knows the end any more: the rest goes on as it comes, until the connection ends.</summary>
    private int Follow(ReadOnlySpan<byte> bytes)
    {
        var used = _framing.Follow(bytes);
        if (!_framing.IsBroken) return used;
        _framing = Framing.UntilClose;
        return bytes.Length;
    }

    private Step EndAnswer(bool isSurplus)
    {
        lane.OnAnswered(_isLast || isSurplus);
        return isSurplus ? Step.End : Step.Head;
    }

    private static byte[] Enlarge(byte[] block, int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(2 * count);
        block.AsSpan(0, count).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(block);
        return larger;
    }

    /// <summary>
    /// Sends to the client. A request that has come whole reaches the engine although its client has left: while its body is still being sent,
    /// the answer is read on for nobody.
    /// </summary>
    private async ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        if (!_isClientGone)
        {
            try
            {
                await (lane.Call.Stream is { Kind: not StreamKind.Upload } stream ? stream.SendAsync(bytes) : client.Socket.SendAllAsync(bytes));
                return;
            }
            catch (SocketException) when (lane.IsSending)
            {
                _isClientGone = true;
            }
        }

        if (!lane.IsSending) throw new SocketException((int)SocketError.Shutdown);
    }
}
