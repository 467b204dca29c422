using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Http;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Route;

/// <summary>
/// Carries out what the ledger asks. Attempts do not go by the forwarder, whose life is that of its request: each has a connection of
/// its own and ends with the engine's answer, whatever becomes of the callers.
/// </summary>
internal sealed class AttemptSender(EngineDialer dialer, ContainerIndex index, BypassWatch bypass, EvidenceWatch evidence, FailOpen failOpen)
    : IAttemptSender
{
    private static readonly Uri StandInTarget = new("http://docker/");

    /// <summary>Told how attempts end. Set once, when the ledger that sends by this is made.</summary>
    public Ledger? Ledger { get; set; }

    /// <inheritdoc/>
    public void Send(Attempt attempt) => _ = SendAsync(attempt);

    /// <inheritdoc/>
    public void EvidenceNeeded(EvidenceNeed need) => evidence.Wake();

    /// <inheritdoc/>
    public void Review(EndedRefusals refusals) => _ = evidence.ReviewAsync(refusals);

    /// <summary>Sends a call once and reads its answer whole.</summary>
    /// <param name="ticket">The call.</param>
    /// <param name="id">The full id to put in place of the name, or null to send the call as it came.</param>
    /// <param name="mayBeSent">Asked if the engine took long to take the connection.</param>
    /// <exception cref="Exception">No answer came; it may have been sent.</exception>
    public async Task<EngineAnswer> AskAsync(Ticket ticket, string? id, Func<bool> mayBeSent)
    {
        var request = (GuardedRequest)ticket.Request!;
        var expected = failOpen.Try(
            "index",
            (index, request),
            static it => ChangingCall.TryRecognise(it.request.Method, it.request.Target, out var call) ? it.index.Expect(call) : null,
            null);
        var exchange = new AttemptExchange(dialer, request, id, mayBeSent);
        var sent = failOpen.Try(
            "bypass watch",
            (bypass, ticket),
            static it => it.bypass.Sending(KindOf(it.ticket.Call.Operation), it.ticket.Container?.Id),
            null);
        using var invoker = EngineHandler.Create(exchange.ConnectAsync);
        using var message = new HttpRequestMessage(HttpMethod.Get, StandInTarget);
        using var response = await invoker.SendAsync(message, CancellationToken.None);
        var answer = await AnswerParts.ReadAsync(response, CancellationToken.None);
        failOpen.Try("bypass watch", (bypass, sent), static it => it.bypass.Answered(it.sent));
        if (expected is not null)
            failOpen.Try("index", (index, expected, answer), static it => it.index.Answered(it.expected, it.answer.Status, it.answer.Body.Span));
        return answer;
    }

    private static ChangingCallKind KindOf(Operation operation) => operation switch
    {
        Operation.Stop => ChangingCallKind.Stop,
        Operation.Restart => ChangingCallKind.Restart,
        Operation.Kill => ChangingCallKind.Kill,
        _ => ChangingCallKind.Remove,
    };

    private async Task SendAsync(Attempt attempt)
    {
        try
        {
            var id = attempt.IsByFullId ? attempt.Ticket.Container!.Id : null;
            Ledger!.Answered(attempt, await AskAsync(attempt.Ticket, id, () => Ledger.MayStillBeSent(attempt)));
        }
        catch (Exception e)
        {
            Ledger!.Lost(attempt, e);
        }
        finally
        {
            (attempt.Ticket.Request as GuardedRequest)?.DropBody();
        }
    }
}
