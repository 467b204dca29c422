using DockerGuardProxy.Engine;
using DockerGuardProxy.Forward;

namespace DockerGuardProxy.Guard;

/// <summary>
/// Carries out what the ledger asks. Attempts do not go by the forwarder, whose life is that of its request: each has a connection of
/// its own and ends with the engine's answer, whatever becomes of the callers.
/// </summary>
internal sealed class AttemptSender(EngineDialer dialer, ContainerIndex index, EvidenceWatch evidence) : IAttemptSender
{
    private static readonly Uri StandInTarget = new("http://docker/");

    /// <summary>Told how attempts end. Set once, when the ledger that sends by this is made.</summary>
    public Ledger? Ledger { get; set; }

    /// <inheritdoc/>
    public void Send(Attempt attempt) => _ = SendAsync(attempt);

    /// <inheritdoc/>
    public void EvidenceNeeded(EvidenceNeed need) => evidence.Wake();

    private async Task SendAsync(Attempt attempt)
    {
        try
        {
            var request = (GuardedRequest)attempt.Ticket.Request!;
            PassingChange? passing = PassedCall.TryRecognise(request.Method, request.Target, out var passed) ? index.Expect(passed) : null;
            var exchange = new AttemptExchange(dialer, request.Encode(attempt.IsByFullId ? attempt.Ticket.Container!.Id : null), () => Ledger!.MayStillBeSent(attempt));
            using var invoker = EngineHandler.Create(exchange.ConnectAsync);
            using var message = new HttpRequestMessage(HttpMethod.Get, StandInTarget);
            using var response = await invoker.SendAsync(message, CancellationToken.None);
            var answer = await AnswerParts.ReadAsync(response, CancellationToken.None);
            if (passing is not null) index.Answered(passing, answer.Status, answer.Body.Span);
            Ledger!.Answered(attempt, answer);
        }
        catch (Exception e)
        {
            Ledger!.Lost(attempt, e);
        }
    }
}
