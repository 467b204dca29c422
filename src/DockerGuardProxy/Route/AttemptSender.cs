using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Http;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Route;

/// <summary>
/// Sends terminating calls. They do not go by the forwarder, whose life is that of its request: each has a connection of its own and ends
/// with the engine's answer, whatever becomes of the callers.
/// </summary>
internal sealed class AttemptSender(EngineDialer dialer, ContainerIndex index, BypassWatch bypass, FailOpen failOpen) : IAttemptSender
{
    private static readonly Uri StandInTarget = new("http://docker/");

    /// <inheritdoc/>
    public async Task<AttemptAnswer> SendAsync(Attempt attempt, Func<bool> mayBeSent)
    {
        try
        {
            return await SendAsync(attempt.Ticket, attempt.IsByFullId ? attempt.Ticket.Container!.Id : null, mayBeSent);
        }
        finally
        {
            attempt.Ticket.Request!.DropBody();
        }
    }

    /// <summary>Sends a call that the ledger keeps no account of, once, and reads its answer whole. The index knows it then.</summary>
    /// <param name="ticket">The call.</param>
    /// <param name="id">The full id to put in place of the name, or null to send the call as it came.</param>
    /// <param name="mayBeSent">Asked if the engine took long to take the connection.</param>
    /// <exception cref="Exception">No answer came; it may have been sent.</exception>
    public async Task<EngineAnswer> AskAsync(Ticket ticket, string? id, Func<bool> mayBeSent)
    {
        var (answer, tellIndex) = await SendAsync(ticket, id, mayBeSent);
        tellIndex?.Invoke();
        return answer;
    }

    private async Task<AttemptAnswer> SendAsync(Ticket ticket, string? id, Func<bool> mayBeSent)
    {
        var request = ticket.Request!;
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
        return new AttemptAnswer(answer, expected is null ? null : () => TellIndex(expected, answer));
    }

    private void TellIndex(ExpectedChange expected, EngineAnswer answer) => failOpen.Try(
        "index", (index, expected, answer), static it => it.index.Answered(it.expected, it.answer.Status, it.answer.Body.Span));

    private static ChangingCallKind KindOf(Operation operation) => operation switch
    {
        Operation.Stop => ChangingCallKind.Stop,
        Operation.Restart => ChangingCallKind.Restart,
        Operation.Kill => ChangingCallKind.Kill,
        _ => ChangingCallKind.Remove,
    };
}
