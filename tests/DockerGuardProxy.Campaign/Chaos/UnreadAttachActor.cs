using DockerGuardProxy.Campaign.Check;
using DockerGuardProxy.Campaign.Load;
using DockerGuardProxy.EngineTests.Lab;
using DockerGuardProxy.EngineTests.Streams;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>
/// A client that does not read its attach, whose container is killed: the kill is answered all the same, and the client finds, when it reads at
/// last, all numbers up to the last that came, in order.
/// </summary>
internal sealed class UnreadAttachActor : IActor
{
    public async Task ActAsync(Site site, PlannedChaos chaos)
    {
        await using var subject = await Subject.RunAsync(site, chaos, "sleep 1; " + PausedClient.Writer());
        using var client = await PausedClient.OpenAsync(site.Proxy.Socket, $"/containers/{subject.Id}/attach?stream=1&stdout=1&stderr=1");
        await client.ReadAsync(4096, CancellationToken.None);
        await Task.Delay(chaos.Length);
        using var caller = new Caller(site, nameof(ChaosKind.UnreadAttach));
        // An engine that does not wait for ever gives it up after 12 s, if the machine is that slow.
        await caller.EndAsync("POST", $"/containers/{subject.Id}/kill", subject.Id, 204, 500);
        await Bounds.WithinAsync(Poll.UntilAsync(async () => await Ends.RunsAsync(site, subject.Id) is false, Bounds.Engine), "its end");
        var hasEnded = await client.RestAsync(Bounds.Engine);
        var where = $"{site.Name} {nameof(ChaosKind.UnreadAttach)}";
        site.Findings.Look(Invariant.ChaosAsPromised, hasEnded, where, "the stream does not end");
        try
        {
            site.Findings.Look(Invariant.BytesWhole, client.LastNumber() > 0, where, "no number came");
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException)
        {
            site.Findings.Break(Invariant.BytesWhole, where, e.Message);
        }
    }
}
