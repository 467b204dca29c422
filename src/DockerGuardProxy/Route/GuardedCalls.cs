using System.Buffers;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Http;
using DockerGuardProxy.Listen;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Route;

/// <summary>The way of a terminating call: told to the ledger, and answered with whatever comes of it.</summary>
/// <remarks>
/// (1) whom it means, by the index; (2) the ledger's decision; (3) where that is not to forward, and the call names no full id, the
/// engine is asked whom it means, and the ledger decides again; (4) the outcome is written. The caller may leave at any time.
/// Where the engine does not say in time: what is stuck by an index that misses no event is still stuck, and the call is held or refused for
/// it. Without that the call is forwarded, but of those about one container only so many as <c>maxInFlight</c> are unanswered at a time; the
/// others wait, and ask again.
/// </remarks>
internal sealed class GuardedCalls(
    LedgerKeeper ledger, ContainerIndex index, ReferenceConfirmer confirmer, AttemptSender sender, TimeProvider time, FailOpen failOpen)
    : IGuardedCallers, IDisposable
{
    /// <summary>The pause between two questions doubles up to this power of two: 32 s.</summary>
    private const int LongestDoubt = 5;

    private readonly DoubtfulCalls _doubtful = new();
    private readonly CancellationTokenSource _turnedAway = new();
    private readonly CancellationTokenSource _allTurnedAway = new();
    private int _serving;

    /// <summary>Room for the bodies of calls that are not sent yet.</summary>
    public KeptBodies Bodies { get; } = new();

    /// <inheritdoc/>
    public bool Any => Volatile.Read(ref _serving) > 0;

    /// <inheritdoc/>
    public void TurnAway(bool all)
    {
        ledger.TurnAway(all);
        // Those who wait go on elsewhere: this thread is needed for the stop.
        _ = _turnedAway.CancelAsync();
        if (all) _ = _allTurnedAway.CancelAsync();
    }

    public void Dispose()
    {
        _turnedAway.Dispose();
        _allTurnedAway.Dispose();
    }

    /// <summary>Serves a call. False if it is not guarded and must be forwarded like any other.</summary>
    /// <param name="http">The call.</param>
    /// <param name="way">Its client's way to the engine.</param>
    /// <param name="call">What it asks.</param>
    /// <param name="target">Its target as it came.</param>
    /// <param name="body">Its body, read whole; null where it had none.</param>
    /// <param name="room">What was taken of <see cref="Bodies"/> for it; given back here, unless this returns false.</param>
    public async Task<bool> ServeAsync(
        HttpContext http, IEngineWay way, TerminatingCall call, string target, ReadOnlyMemory<byte>? body, BodyRoom? room)
    {
        Interlocked.Increment(ref _serving);
        try
        {
            return await DecideAsync(http, way, call, target, body, room);
        }
        finally
        {
            Interlocked.Decrement(ref _serving);
        }
    }

    private async Task<bool> DecideAsync(
        HttpContext http, IEngineWay way, TerminatingCall call, string target, ReadOnlyMemory<byte>? body, BodyRoom? room)
    {
        var request = failOpen.Try(
            "detached head", (http, way, target, body, room), static it => Detach(it.http, it.way, it.target, it.body, it.room), null);
        if (request is null) return false;
        Ticket? ticket;
        try
        {
            ticket = await ArriveAsync(call, request, way, http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            request.DropBody();
            return true;
        }
        catch
        {
            request.DropBody();
            throw;
        }

        if (ticket is null)
        {
            request.DropBody();
            await OutcomeAnswer.WriteAsync(Outcome.TurnedAway.Instance, http, way.EnginePath);
            return true;
        }

        // One that has waited, however shortly, is not sent as it came: see SendLateAsync.
        if (ticket is { First.Kind: VerdictKind.Forward, Outcome: { IsCompletedSuccessfully: true, Result: Outcome.Unguarded } }) return false;

        // Whoever sends it drops the body by itself, when all of it has been sent.
        var outcome = await OutcomeAsync(ticket, request, way, http.RequestAborted);
        if (outcome is not null) await OutcomeAnswer.WriteAsync(outcome, http, way.EnginePath);
        return true;
    }

    /// <summary>What the caller is told; null where it has left.</summary>
    private async Task<Outcome?> OutcomeAsync(Ticket ticket, GuardedRequest request, IEngineWay way, CancellationToken cancellationToken)
    {
        // The ticket stands: the call is taken up even if its client has left meanwhile.
        way.Deliver();
        Task<Outcome>? late = null;
        try
        {
            var outcome = await ticket.Outcome.WaitAsync(cancellationToken);
            if (outcome is not Outcome.Unguarded)
            {
                if (ticket.Own is null) request.DropBody();
                return outcome;
            }

            // The engine may never answer: the caller, and the proxy at its stop, wait no longer than they want to.
            using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _allTurnedAway.Token);
            late = SendLateAsync(ticket, request);
            return await late.WaitAsync(end.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Outcome.TurnedAway.Instance;
        }
        catch (OperationCanceledException)
        {
            // Not by a callback on the token: this wait may end first and unregister it before it has run.
            ledger.CallerLeft(ticket);
            if (ticket.Own is null && late is null) request.DropBody();
            return null;
        }
    }

    /// <summary>
    /// The guard was switched off, or has failed, while the call waited: it was never sent. Not by the common way, which would send it as it
    /// came: its name may belong to a new container by now.
    /// </summary>
    private async Task<Outcome> SendLateAsync(Ticket ticket, GuardedRequest request)
    {
        try
        {
            var answer = await sender.AskAsync(ticket, ticket.Container?.Id, () => !ticket.CallerHasLeft);
            return new Outcome.Answered(answer, null);
        }
        catch (Exception cause)
        {
            return new Outcome.Lost(cause);
        }
        finally
        {
            request.DropBody();
        }
    }

    private static GuardedRequest Detach(HttpContext http, IEngineWay way, string target, ReadOnlyMemory<byte>? body, BodyRoom? room)
    {
        var request = http.Features.GetRequiredFeature<IHttpRequestFeature>();
        var headers = new ArrayBufferWriter<byte>(512);
        RequestHead.WriteDetachedHeaders(request, way.HostAsSent, body?.Length, headers);
        return new GuardedRequest(request.Method, target, headers.WrittenMemory, body ?? default, way.Peer, room);
    }

    /// <returns>Null where the caller is to be turned away: its call was not sent.</returns>
    /// <exception cref="OperationCanceledException">The caller has left before the call was sent.</exception>
    private async ValueTask<Ticket?> ArriveAsync(
        TerminatingCall call, GuardedRequest request, IEngineWay way, CancellationToken cancellationToken)
    {
        for (var round = 0; ; round++)
        {
            if (Find(call.Reference) is not { } found) return ledger.Arrive(call, null, request);

            var (container, isConfirmed) = found;
            if (ledger.TryArrive(call, container, request, isConfirmed) is { } ticket) return ticket;

            var confirmation = await ConfirmAsync(call.Reference, container.Id);
            if (confirmation == Confirmation.No) return ledger.Arrive(call, null, request);

            // The index may have learned more while the engine was asked.
            if (confirmation == Confirmation.Yes) return ledger.Arrive(call, FindById(container.Id), request);

            var policy = ledger.Policies.For(call.Operation);
            if (policy.Mode != GuardMode.Enforce) return ledger.Arrive(call, null, request);
            if (index.IsReady && Find(call.Reference)?.Container is { } known && known.Id == container.Id
                && ledger.IsStuck(known.Id, call.Operation))
            {
                return ledger.Arrive(call, known, request);
            }

            if (_turnedAway.IsCancellationRequested) return null;

            // Where it must wait, which may be for long, it is not sent for a client that has left.
            way.Deliver();
            if (_doubtful.Waiting >= policy.MaxWaitingOnNode) return ledger.Arrive(call, null, request);
            if (await EnterAsync(container.Id, policy.MaxInFlight, round, cancellationToken)) return Forward(call, container.Id, request);

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    // Not ended by the caller's departure: a call that has come whole is sent.
    private async ValueTask<Confirmation> ConfirmAsync(string reference, string id)
    {
        try
        {
            return await confirmer.ConfirmAsync(reference, id, _turnedAway.Token);
        }
        catch (OperationCanceledException)
        {
            return Confirmation.InDoubt;
        }
    }

    /// <summary>
    /// Waits for a place among the calls in doubt, no longer than until the engine is worth another question: a list costs it something, and
    /// one that is slow is not to be asked every second by everybody.
    /// </summary>
    private async ValueTask<bool> EnterAsync(string id, int places, int round, CancellationToken cancellationToken)
    {
        using var again = new CancellationTokenSource(ReferenceConfirmer.Limit * (1 << Math.Min(round, LongestDoubt)), time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(again.Token, _turnedAway.Token, cancellationToken);
        return await _doubtful.EnterAsync(id, places, end.Token);
    }

    private Ticket Forward(TerminatingCall call, string id, GuardedRequest request)
    {
        var ticket = ledger.Arrive(call, null, request);

        // Its outcome is that of its own attempt, whether or not its caller is still there.
        _ = ticket.Outcome.ContinueWith(
            static (_, state) =>
            {
                var (doubtful, id) = ((DoubtfulCalls, string))state!;
                doubtful.Leave(id);
            },
            (_doubtful, id),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        return ticket;
    }

    private (GuardedContainer Container, bool IsConfirmed)? Find(string reference) => failOpen.Try(
        "index",
        (index, reference),
        static it => it.index.Resolve(it.reference) is { IsFound: true } resolution
            ? (IndexedContainer.Describe(resolution.Container), resolution.Exact)
            : ((GuardedContainer, bool)?)null,
        null);

    private GuardedContainer? FindById(string id) =>
        failOpen.Try("index", (index, id), static it => it.index.Find(it.id) is { } now ? IndexedContainer.Describe(now) : null, null);
}
