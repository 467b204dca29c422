using System.Net.Sockets;
using System.Text;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard.Permits;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Splice;

namespace DockerGuardProxy.Route;

/// <summary>
/// The spliced calls of one connection as they are counted: open ones, and those that need a permit. It holds a call back, tells its caller, and
/// leaves it with the engine where its caller has gone.
/// </summary>
/// <remarks>Invariant: whoever takes a permit out of <c>_permit</c> gives it back, or leaves that to the connection that was left.</remarks>
internal sealed class CountedCalls(ClientConnection client, WatchedCall watched, LockGate gate) : ISplicedCalls
{
    private SpliceLane _lane = null!;
    private Caller? _caller;
    private string _target = "";
    private PermitCall? _spare;
    private PermitCall? _permit;
    private PermitCall? _held;

    /// <summary>The lane whose calls they are.</summary>
    public void Begin(SpliceLane lane) => _lane = lane;

    /// <summary>A target as it came; the same string again and again for whoever asks the same.</summary>
    public string TargetOf(ReadOnlySpan<byte> target) => Ascii.Equals(target, _target) ? _target : _target = Encoding.Latin1.GetString(target);

    /// <summary>Tells the call that has its permit from others of the connection.</summary>
    public long Serial => Volatile.Read(ref _permit)?.Serial ?? 0;

    /// <summary>Asks whether a call may be sent, and waits as long as it must not.</summary>
    /// <param name="row">A row that <see cref="CallRow.IsCounted"/>.</param>
    /// <param name="target">Its target as it came.</param>
    public ValueTask<PermitOutcome> AskAsync(CallRow row, string target)
    {
        var call = _spare ?? new PermitCall(_caller ??= new Caller(() => client.Peer, TryTell));
        _spare = null;
        var outcome = gate.Arrive(call, row, target);
        if (outcome.Kind == PermitOutcomeKind.Held) return WaitAsync(call);
        Take(call, outcome);
        return new(outcome);
    }

    /// <inheritdoc cref="WatchedCall.Begin"/>
    public SplicedCall Watch(SplicedCall call, CallRow row, string target)
    {
        call = watched.Begin(call, row, target);
        if (call.Stream is { Kind: StreamKind.Exec } stream && Volatile.Read(ref _permit) is { } permit) stream.OnBegun = () => gate.Begun(permit);
        return call;
    }

    /// <summary>Nothing of a call is watched any more; also of one that never began.</summary>
    public void EndWatch() => watched.End();

    /// <inheritdoc/>
    public void OnAnswering()
    {
        if (Volatile.Read(ref _permit) is { } permit) gate.Answered(permit);
    }

    /// <inheritdoc/>
    public void OnEnded()
    {
        watched.End();
        if (Interlocked.Exchange(ref _permit, null) is { } permit)
        {
            gate.Ended(permit);
            _spare = permit;
        }

        client.EndSpliced();
    }

    /// <summary>
    /// The client has gone: a held call is dropped; one that may be held and is with the engine stays there, so that it is seen when the lock
    /// becomes free.
    /// </summary>
    /// <returns>False if what there is of it is to be closed.</returns>
    public bool TryLeave()
    {
        if (Volatile.Read(ref _held) is { } held)
        {
            gate.Withdraw(held);
            return true;
        }

        if (Interlocked.Exchange(ref _permit, null) is not { } permit) return false;
        var serial = permit.Serial;
        if (gate.Left(permit) && _lane.TryLeave(serial, () => gate.Seen(permit, serial)))
        {
            _lane.Close();
            return true;
        }

        gate.Ended(permit);
        return false;
    }

    private async ValueTask<PermitOutcome> WaitAsync(PermitCall call)
    {
        Volatile.Write(ref _held, call);

        // Nobody reads from it meanwhile; what it sends on must not hide that it leaves.
        client.WatchForDeparture();
        var outcome = await call.Waiter!.Task;
        Volatile.Write(ref _held, null);
        client.EndWatch();
        if (outcome.Kind == PermitOutcomeKind.Send && client.IsPeerGone)
        {
            gate.Withdraw(call);
            outcome = PermitOutcome.Left;
        }

        Take(call, outcome);
        return outcome;
    }

    private void Take(PermitCall call, PermitOutcome outcome)
    {
        if (outcome.Kind == PermitOutcomeKind.Send) Volatile.Write(ref _permit, call);
        else _spare = call;
    }

    private bool TryTell(PermitCall call, long serial, ReadOnlyMemory<byte> body)
    {
        if (!ReferenceEquals(Volatile.Read(ref _permit), call) || !_lane.TryLeave(serial, () => gate.Seen(call, serial))) return false;
        Interlocked.CompareExchange(ref _permit, null, call);
        _ = TellAsync(body);
        return true;
    }

    private async Task TellAsync(ReadOnlyMemory<byte> body)
    {
        try
        {
            await client.Socket.SendAllAsync(PermitAnswer.Write(new(PermitOutcomeKind.Told, body), isHead: false, isLast: false));
            _lane.EndLeft();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _lane.Close();
        }
    }
}
