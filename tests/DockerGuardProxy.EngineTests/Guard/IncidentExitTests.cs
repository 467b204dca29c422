using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>No task of a container is left and the engine calls it running: it needs its time, or something holds it up.</summary>
public sealed partial class IncidentExitTests(Laboratory laboratory)
{
    private const int Stop = 19, Continue = 18;

    [Theory]
    [InlineData(Dockerd.Leaky)]
    [InlineData(Dockerd.Installed)]
    [InlineData(Dockerd.Newer)]
    [InlineData(Dockerd.Newest)]
    public async Task An_engine_that_takes_its_time_after_the_thaw_answers_all_who_wait(string version)
    {
        var (engine, proxy) = await laboratory.BenchAsync(version);
        await using var stuck = await IncidentContainer.StartAsync(engine, "slow-exit");

        // Once it is stuck, repeats are kept for 5 s at first: those who wait at the thaw would be refused soon.
        Assert.Equal("refused", (await proxy!.Api.CallAsync("POST", $"/containers/{stuck.Id}/stop?t=1")).Decision);
        var refused = (await proxy.StatusAsync()).Calls.Refused;
        string[] paths = [$"{stuck.Name}/stop?t=1", $"{stuck.ShortId}/kill", $"{stuck.Id}/stop?t=1"];
        var waiting = Enumerable.Range(0, 12).Select(i => proxy.Api.CallAsync("POST", "/containers/" + paths[i % 3])).ToArray();
        Assert.NotNull(await proxy.BecomesAsync(
            status => status.Containers.Any(container => container.Id == stuck.Id && container.Waiting == waiting.Length), TimeSpan.FromSeconds(3)));

        // Without its containerd the engine hears of no exit.
        var containerd = int.Parse(
            await File.ReadAllTextAsync(Path.Combine(engine.Folder, "x/containerd/containerd.pid")), CultureInfo.InvariantCulture);
        Assert.Equal(0, Signal(containerd, Stop));
        try
        {
            await stuck.ThawAsync();
            var thawed = Stopwatch.StartNew();
            Assert.NotNull(await proxy.BecomesAsync(
                status => status.Containers.Any(container => container.Id == stuck.Id && container is { Diagnosis: "exit-lost", Stuck: false }),
                TimeSpan.FromSeconds(10)));
            while (thawed.Elapsed < TimeSpan.FromSeconds(15))
            {
                Assert.Equal(refused, (await proxy.StatusAsync()).Calls.Refused);
                await Task.Delay(200);
            }
        }
        finally
        {
            _ = Signal(containerd, Continue);
        }

        var clock = Stopwatch.StartNew();
        var answers = await Task.WhenAll(waiting);
        Figures.Record($"{version}: containerd runs again until 12 waiting callers were answered", clock.Elapsed);
        Figures.Record($"{version}: their answers", answers.Summary());
        // The engine's own. Later versions have given up the call that was open: whoever is sent then is told that it does not run.
        Assert.All(answers, answer => Assert.Null(answer.Decision));
        int[] possible = version == Dockerd.Leaky ? [204] : [204, 304, 409, 500];
        Assert.All(answers, answer => Assert.True(possible.Contains(answer.Status), $"{answer.Status} {answer.Body}"));
        Assert.NotNull(await Poll.UntilAsync(async () => !(await engine.StateAsync(stuck.Id)).IsRunning, TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [InlineData(Dockerd.Leaky)]
    [InlineData(Dockerd.Installed)]
    [InlineData(Dockerd.Newer)]
    [InlineData(Dockerd.Newest)]
    public async Task A_client_that_does_not_read_is_found_and_its_end_lets_the_container_end(string version)
    {
        var (engine, proxy) = await laboratory.BenchAsync(version);
        var id = await engine.Api.RunAsync("unread", ["sh", "-c", "trap '' TERM; yes"]);
        var since = IncidentEngine.Now();
        using var client = await RawClient.ConnectAsync(engine.Socket);
        await client.SendAsync(
            $"POST /containers/{id}/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
        await client.LineAsync(CancellationToken.None);

        // Its buffers and the engine's are full once the container has nothing more to do.
        await Task.Delay(TimeSpan.FromSeconds(3));
        var kill = proxy!.Api.CallAsync("POST", $"/containers/{id}/kill");
        Assert.NotNull(await proxy!.BecomesAsync(
            status => status.Containers.Any(container => container.Id == id && container is { Diagnosis: "exit-lost", Stuck: false }),
            TimeSpan.FromSeconds(20)));
        Assert.Equal(0, await engine.EventsAsync(id, "die", since));

        // By the command that the runbook has for it.
        var runbook = await File.ReadAllLinesAsync(Path.Combine(Machine.Repository, "docs/operations.md"));
        var found = await Command.RunAsync(["bash", "-c", Assert.Single(runbook, line => line.StartsWith("ss -xp", StringComparison.Ordinal))]);
        Assert.Contains($"pid={Environment.ProcessId},", found.Output, StringComparison.Ordinal);
        if (version == Dockerd.Installed)
        {
            var told = await kill;
            TestContext.Current.TestOutputHelper!.WriteLine(told.Body);
            Assert.Equal((503, "refused"), (told.Status, told.Decision));
            Assert.True(told.Took > TimeSpan.FromSeconds(40), $"refused after {told.Took}");
            Assert.Contains("ss -xp", told.Body, StringComparison.Ordinal);
            Assert.True((await proxy.StatusAsync()).Containers.Single(container => container.Id == id).Stuck);
        }

        client.Dispose();
        var healed = await Poll.UntilAsync(async () => await engine.EventsAsync(id, "die", since) == 1, TimeSpan.FromSeconds(20));
        Assert.NotNull(healed);
        Figures.Record($"{version}: end of the client that did not read until die", healed.Value);
        if (version != Dockerd.Installed)
            Assert.Equal((204, null), ((await kill).Status, (await kill).Decision));
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int pid, int signal);
}
