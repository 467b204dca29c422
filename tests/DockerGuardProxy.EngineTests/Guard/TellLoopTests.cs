using System.Diagnostics;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>Kubelet's way of asking: one container after the other, most of which hang.</summary>
public sealed class TellLoopTests
{
    private static readonly TimeSpan Direct = TimeSpan.FromSeconds(20);

    /// <summary>Of so many all but one hang; ten in the long form, which takes three minutes.</summary>
    private static readonly int Containers = Machine.LongForm ? 10 : 3;

    [Fact]
    public async Task A_loop_over_hanging_containers_goes_on_after_ten_seconds_each_and_then_after_five()
    {
        await using var engine = await Dockerd.StartAsync();
        await using var proxy = await Proxy.StartAsync(engine, """{ "policies": { "lock": { "tell": { "mode": "enforce" } } } }""");
        await proxy.ReadyAsync();
        var kubelet = Path.Combine(proxy.Folder, "kubelet");
        File.Copy("/usr/bin/curl", kubelet);
        var hung = new List<HungLock>();
        try
        {
            for (var i = 1; i < Containers; i++) hung.Add(await HungLock.RunAsync(engine, $"hung{i}"));
            string[] ids = [.. hung.Select(it => it.Id), await engine.Api.RunAsync("well", ["sleep", "1000"])];
            foreach (var it in hung) await it.HangAsync();

            var direct = await CurlAsync(kubelet, engine.Socket, ids[0], Direct);
            Figures.Record("one inspect of a hanging container directly, given up", direct.Took);
            Assert.Equal("000", direct.Status);
            var first = await RoundAsync(kubelet, proxy, ids);
            Figures.Record($"first round over {Containers} containers of which {hung.Count} hang", first);
            Assert.InRange(first, TimeSpan.FromSeconds(9 * hung.Count), TimeSpan.FromSeconds(11 * hung.Count + 1));
            var second = await RoundAsync(kubelet, proxy, ids);
            Figures.Record("the second", second);
            Assert.InRange(second, TimeSpan.FromSeconds(4 * hung.Count), TimeSpan.FromSeconds(5.5 * hung.Count + 0.5));
        }
        finally
        {
            foreach (var it in hung) await it.DisposeAsync();
        }
    }

    private static async Task<TimeSpan> RoundAsync(string kubelet, Proxy proxy, string[] ids)
    {
        var clock = Stopwatch.StartNew();
        var statuses = new List<string>();
        foreach (var id in ids) statuses.Add((await CurlAsync(kubelet, proxy.Socket, id, TimeSpan.FromSeconds(119))).Status);
        Assert.Equal([.. Enumerable.Repeat("503", ids.Length - 1), "200"], statuses);
        return clock.Elapsed;
    }

    private static async Task<(string Status, TimeSpan Took)> CurlAsync(string kubelet, string socket, string id, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        var result = await Command.RunAsync(
            [
                kubelet, "-s", "-o", "/dev/null", "-m", $"{(int)limit.TotalSeconds}", "--unix-socket", socket, "-w", "%{http_code}",
                $"http://docker/containers/{id}/json",
            ],
            limit: TimeSpan.FromSeconds(150));
        return (result.Output, clock.Elapsed);
    }
}
