using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Guard.Permits;
using DockerGuardProxy.Streams;

namespace DockerGuardProxy.Route;

/// <summary>
/// Asks for permits in the name of calls, and tells what becomes of them. A fault of the guard's own sends the call; so does a container that
/// nobody knows for sure.
/// </summary>
internal sealed class LockGate(
    PermitKeeper permits, ContainerIndex index, ExecOwners owners, EngineVitalsWatch vitals, Exempted exempted, FailOpen failOpen)
{
    /// <summary>A call has come and asks to be sent. While it is held, its waiter tells what comes of it.</summary>
    /// <param name="call">The call; in no other use.</param>
    /// <param name="row">Its row.</param>
    /// <param name="target">Its target as it came.</param>
    public PermitOutcome Arrive(PermitCall call, CallRow row, string target) => failOpen.Try(
        "permits", (Gate: this, call, row, target), static it => it.Gate.Ask(it.call, it.row, it.target), PermitOutcome.Send);

    /// <inheritdoc cref="PermitLedger.Answered"/>
    public void Answered(PermitCall call) => failOpen.Try("permits", (permits, call), static it => it.permits.Answered(it.call));

    /// <summary>The first bytes have come of a stream that was granted.</summary>
    public void Begun(PermitCall call)
    {
        if (call.Container is not null) failOpen.Try("permits", (permits, call), static it => it.permits.Begun(it.call));
    }

    /// <inheritdoc cref="PermitLedger.Ended"/>
    public void Ended(PermitCall call)
    {
        // Most are out of all lists since the first byte of their answer.
        if (call.Container is not null) failOpen.Try("permits", (permits, call), static it => it.permits.Ended(it.call));
    }

    /// <inheritdoc cref="PermitLedger.Left"/>
    public bool Left(PermitCall call) => failOpen.Try("permits", (permits, call), static it => it.permits.Left(it.call), false);

    /// <inheritdoc cref="PermitKeeper.Seen"/>
    public void Seen(PermitCall call, long serial) =>
        failOpen.Try("permits", (permits, call, serial), static it => it.permits.Seen(it.call, it.serial));

    /// <inheritdoc cref="PermitLedger.Withdrawn"/>
    public void Withdraw(PermitCall call)
    {
        failOpen.Try("permits", (permits, call), static it => it.permits.Withdrawn(it.call));
        call.Waiter?.TrySetResult(PermitOutcome.Left);
    }

    private PermitOutcome Ask(PermitCall call, CallRow row, string target)
    {
        var part = row.LockOf(target);
        if (part == LockPart.None && row.Family != Family.Stats) return PermitOutcome.Send;
        var reference = row.ReferenceIn(target);
        if (row.Stream == StreamKind.Exec) return AskForExec(call, row, part, reference);
        if (index.Resolve(reference) is not { IsFound: true, Container: { } container } found) return PermitOutcome.Send;

        // By a full id nobody else is meant; a name may belong to another by now, of which nothing was heard yet.
        if (!index.IsReady && !(found.Exact && container.Id == reference)) return PermitOutcome.Send;
        return exempted.Any && exempted.Is(call.Caller, container) ? PermitOutcome.Send : permits.Arrive(call, container.Id, row, part);
    }

    // Whose it is was learned when it was made. One that was made past the proxy is nobody's, and is not counted.
    private PermitOutcome AskForExec(PermitCall call, CallRow row, LockPart part, string exec)
    {
        if (EngineVersion.LocksForExecStart(vitals.Info?.Version) == false || owners.Find(exec) is not { } id) return PermitOutcome.Send;
        return exempted.Any && exempted.Is(call.Caller, index.Find(id)) ? PermitOutcome.Send : permits.Arrive(call, id, row, part);
    }
}
