using System.Formats.Tar;
using System.Text;
using DockerGuardProxy.Campaign.Check;
using DockerGuardProxy.Campaign.Load;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>
/// A client that has sent the begin of a copy into a container, and nothing since. The engine holds the container's lock for it; whoever asks for
/// the container is answered all the same, as the copy is cut.
/// </summary>
internal sealed class TransferLeftActor : IActor
{
    private const int Begun = 8000, Length = 100_000;

    public async Task ActAsync(Site site, PlannedChaos chaos)
    {
        await using var subject = await Subject.RunAsync(site, chaos, "sleep 100000; :");
        var archive = Archive();
        using var left = await RawClient.ConnectAsync(site.Proxy.Socket);
        await left.SendAsync(Encoding.ASCII.GetBytes(
            $"PUT /containers/{subject.Id}/archive?path=/tmp HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-tar\r\n"
            + $"Content-Length: {archive.Length}\r\n\r\n"));
        await left.SendAsync(archive.AsMemory(0, Begun));
        await Task.Delay(chaos.Length);
        using var caller = new Caller(site, nameof(ChaosKind.TransferLeft));
        var outcome = await caller.TryAsync("GET", $"/containers/{subject.Name}/json", Bounds.Engine);
        site.Relay.Seen.Forget(outcome.Token);
        site.Tally.Call();
        site.Findings.Look(
            Invariant.ChaosAsPromised, outcome.Status == 200 && outcome.Answer!.Text.Contains(subject.Id, StringComparison.Ordinal),
            $"{site.Name} {nameof(ChaosKind.TransferLeft)}",
            $"an inspect beside a copy left lying: {outcome.End} {outcome.Status} {outcome.Message}");
    }

    private static byte[] Archive()
    {
        using var bytes = new MemoryStream();
        using (var writer = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true))
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "left") { DataStream = new MemoryStream(new byte[Length]) });
        return bytes.ToArray();
    }
}
