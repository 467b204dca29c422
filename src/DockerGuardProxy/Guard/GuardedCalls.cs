using System.Buffers;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Forward;
using DockerGuardProxy.Listen;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Guard;

/// <summary>The way of a terminating call: told to the ledger, and answered with whatever comes of it.</summary>
/// <remarks>
/// (1) whom it means, by the index; (2) the ledger's decision; (3) where that is not to forward, and the call names no full id, the
/// engine is asked whom it means, and the ledger decides again; (4) the outcome is written. The caller may leave at any time.
/// </remarks>
internal sealed class GuardedCalls(Ledger ledger, ContainerIndex index, ReferenceConfirmer confirmer, AttemptSender sender)
    : IGuardedCallers
{
    private const string DecisionHeader = "Docker-Guard-Proxy";

    private static readonly byte[] TurnedAwayBody = """{"message":"docker-guard-proxy is being restarted; ask again"}"""u8.ToArray();

    private readonly KeptBodies _bodies = new();

    private int _serving;

    /// <inheritdoc/>
    public bool Any => Volatile.Read(ref _serving) > 0;

    /// <inheritdoc/>
    public void TurnAway(bool all) => ledger.TurnAway(all);

    /// <summary>Serves a call. False if it is not guarded and must be forwarded like any other.</summary>
    /// <param name="http">The call.</param>
    /// <param name="client">Its connection.</param>
    /// <param name="call">What it asks.</param>
    /// <param name="target">Its target as it came.</param>
    /// <param name="body">Its body, read whole; null where it had none.</param>
    public async Task<bool> ServeAsync(HttpContext http, ClientConnection client, TerminatingCall call, string target, ReadOnlyMemory<byte>? body)
    {
        Interlocked.Increment(ref _serving);
        try
        {
            return await DecideAsync(http, client, call, target, body);
        }
        finally
        {
            Interlocked.Decrement(ref _serving);
        }
    }

    private async Task<bool> DecideAsync(HttpContext http, ClientConnection client, TerminatingCall call, string target, ReadOnlyMemory<byte>? body)
    {
        var request = Detach(http, client, target, body);
        // Without room for its body it can't be kept, neither held nor beyond its client: it goes the way of any other call.
        if (!request.TryKeepBody(_bodies)) return false;
        Ticket? ticket = null;
        try
        {
            ticket = await ArriveAsync(call, request, http.RequestAborted);
            return await ServeAsync(http, client, ticket);
        }
        finally
        {
            // One that was sent drops it by itself, when all of it has been.
            if (ticket?.Own is null) request.DropBody();
        }
    }

    private async Task<bool> ServeAsync(HttpContext http, ClientConnection client, Ticket ticket)
    {
        if (ticket.Outcome is { IsCompletedSuccessfully: true, Result: Outcome.Unguarded }) return false;

        // The ticket stands: the call is taken up even if its client has left meanwhile.
        client.Deliver();
        Outcome outcome;
        try
        {
            outcome = await ticket.Outcome.WaitAsync(http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // Not by a callback on the token: this wait may end first and unregister it before it has run.
            ledger.CallerLeft(ticket);
            return true;
        }

        if (outcome is Outcome.Unguarded) outcome = await SendLateAsync(ticket);
        await AnswerAsync(http, client, outcome);
        return true;
    }

    /// <summary>
    /// A fault of the guard's own while the call waited: it was never sent. Not by the common way, which would send it as it came: its name may
    /// belong to a new container by now.
    /// </summary>
    private async Task<Outcome> SendLateAsync(Ticket ticket)
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
    }

    private static GuardedRequest Detach(HttpContext http, ClientConnection client, string target, ReadOnlyMemory<byte>? body)
    {
        var request = http.Features.GetRequiredFeature<IHttpRequestFeature>();
        var headers = new ArrayBufferWriter<byte>(512);
        RequestHead.WriteDetachedHeaders(request, client.Transport.HostAsSent, body?.Length, headers);
        return new GuardedRequest(request.Method, target, headers.WrittenMemory, body ?? default, client.Peer);
    }

    private async ValueTask<Ticket> ArriveAsync(TerminatingCall call, GuardedRequest request, CancellationToken cancellationToken)
    {
        var resolution = index.Resolve(call.Reference);
        if (!resolution.IsFound) return ledger.Arrive(call, null, request);

        var container = Describe(resolution.Container);
        if (ledger.TryArrive(call, container, request, isConfirmed: resolution.Exact) is { } ticket) return ticket;

        var confirmation = await confirmer.ConfirmAsync(call.Reference, container.Id, CancellationToken.None);
        if (confirmation != Confirmation.Yes) return ledger.Arrive(call, null, request);

        // The index may have learned more while the engine was asked.
        var now = index.Find(container.Id);
        return ledger.Arrive(call, now is null ? null : Describe(now), request);
    }

    private static GuardedContainer Describe(Container container) => new(
        container.Id,
        container.Name ?? "",
        container.Running,
        container.Run,
        container.StopTimeout is { } seconds ? Seconds(seconds) : null,
        container.StopSignal,
        container.Pod is { } pod ? new Pod(pod.Namespace ?? "", pod.Name ?? "", pod.Uid) : null);

    // Far beyond any run; TimeSpan ends at some 29,000 years.
    private static TimeSpan Seconds(long seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, -1, 1L << 32));

    private static async Task RefuseAsync(HttpContext http, string decision, int retryAfterSeconds, ReadOnlyMemory<byte> body)
    {
        http.Response.StatusCode = Refusal.Status;
        http.Response.ContentType = Refusal.ContentType;
        http.Response.Headers.RetryAfter = retryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        http.Response.Headers[DecisionHeader] = decision;
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    private static async Task AnswerAsync(HttpContext http, ClientConnection client, Outcome outcome)
    {
        switch (outcome)
        {
            case Outcome.Answered answered:
                await AnswerParts.WriteAsync(answered.Answer, http);
                break;
            case Outcome.Refused refused:
                await RefuseAsync(http, "refused", refused.Refusal.RetryAfterSeconds, refused.Refusal.Body);
                break;
            case Outcome.TurnedAway:
                await RefuseAsync(http, "turned-away", retryAfterSeconds: 1, TurnedAwayBody);
                break;
            case Outcome.Lost lost:
                await EngineFailure.AnswerAsync(http, client.Link.EnginePath, lost.Cause);
                break;
        }
    }
}
