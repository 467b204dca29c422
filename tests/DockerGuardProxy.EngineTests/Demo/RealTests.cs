using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Demo;

/// <summary>The demo on a real engine: it touches nothing but what it has made, and that is gone however it ends.</summary>
public sealed class RealTests(Laboratory laboratory)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task An_engine_with_somebody_elses_container_is_left_alone()
    {
        var (engine, _) = await laboratory.BenchAsync(Dockerd.Leaky);
        var id = await engine.Api.RunAsync("theirs", ["sleep", "1000"]);
        var before = await SightAsync(engine);
        await using var demo = Prepare();
        Assert.Equal(1, await demo.Start("--real", "--engine", engine.Socket).EndAsync());
        Assert.Equal(
            [$"docker-guard-proxy-demo: {engine.Socket}: that engine has 1 container(s); --real plays only on an engine without any"], demo.Errors);
        Assert.Equal(before, await SightAsync(engine));
        Assert.Contains(id, before, StringComparison.Ordinal);
        demo.AssertClean();
    }

    [Theory]
    [InlineData("guard-demo-stuck")]
    [InlineData("guard-demo-healthy")]
    public async Task A_container_of_the_same_name_survives(string name)
    {
        var (engine, _) = await laboratory.BenchAsync(Dockerd.Leaky);
        var before = "";
        using var relay = new Relay(engine.Socket, "POST /images/create", async () =>
        {
            await engine.Api.RunAsync(name, ["sleep", "1000"]);
            before = await SightAsync(engine);
        });
        await using var demo = Prepare();
        Assert.Equal(1, await demo.Start("--real", "--engine", relay.SocketPath).EndAsync());
        Assert.StartsWith(
            "docker-guard-proxy-demo: the engine answered 409 to POST containers/create", Assert.Single(demo.Errors), StringComparison.Ordinal);
        Assert.Contains(name, before, StringComparison.Ordinal);
        Assert.Equal(before, await SightAsync(engine));
        demo.AssertClean();
    }

    [Fact]
    public async Task An_impatient_user_leaves_neither_containers_nor_image_nor_mount()
    {
        var (engine, _) = await laboratory.BenchAsync(Dockerd.Leaky);
        var before = await SightAsync(engine);
        await using var demo = Prepare();
        await demo.Start("--real", "--engine", engine.Socket).PrintsAsync("  direct ");
        Assert.Equal(2, (await engine.Api.GetAsync("/containers/json")).GetArrayLength());
        Assert.Equal(130, await demo.EndBySignalsAsync(DemoProcess.Interrupt));
        Assert.Equal("docker-guard-proxy-demo: interrupted by SIGINT; everything is cleaned up", string.Join('\n', demo.Errors));
        Assert.Equal(before, await SightAsync(engine));
        demo.AssertClean();
    }

    [Theory]
    [InlineData("lock")]
    [InlineData("streams")]
    public async Task So_does_one_who_interrupts_another_scenario(string scenario)
    {
        var (engine, _) = await laboratory.BenchAsync(Dockerd.Leaky);
        var before = await SightAsync(engine);
        await using var demo = Prepare();
        demo.Picture = null;
        demo.Start("--real", "--scenario", scenario, "--engine", engine.Socket);
        Assert.NotNull(await Poll.UntilAsync(
            async () => (await engine.Api.GetAsync("/containers/json?all=1")).GetArrayLength() == (scenario == "lock" ? 2 : 1), Limit));
        Assert.Equal(130, await demo.EndBySignalsAsync(DemoProcess.Interrupt));
        Assert.Equal(before, await SightAsync(engine));
        demo.AssertClean();
    }

    [Theory]
    [Trait("form", "long")]
    [InlineData(Dockerd.Installed, "lock", "inspect, top and stats asked for")]
    [InlineData(Dockerd.Newest, "lock", "inspect, top and stats asked for")]
    [InlineData(Dockerd.Installed, "streams", "killed: the engine tells of the end after")]
    [InlineData(Dockerd.Newest, "streams", "killed: the engine tells of the end after")]
    public async Task Another_scenario_shows_both_sides(string version, string scenario, string row)
    {
        var (engine, _) = await laboratory.BenchAsync(version);
        var before = await SightAsync(engine);
        await using var demo = Prepare();
        demo.Picture = null;
        demo.Start("--real", "--scenario", scenario, "--engine", engine.Socket);
        Assert.Equal((0, ""), (await demo.EndAsync(), string.Join('\n', demo.Errors)));
        Assert.Contains(demo.Output, line => line.StartsWith(row, StringComparison.Ordinal));
        Assert.StartsWith($"{scenario,-9}", demo.Output[^1], StringComparison.Ordinal);
        Figures.Record($"{version}: {scenario}", demo.Output[^1]);
        Assert.Equal(before, await SightAsync(engine));
        demo.AssertClean();
    }

    [Fact]
    public async Task An_engine_that_ends_meanwhile_is_told_with_what_is_left_there()
    {
        await using var engine = await Dockerd.StartAsync(Dockerd.Leaky);
        await using var demo = Prepare();
        await demo.Start("--real", "--engine", engine.Socket).PrintsAsync("  direct ");
        var ids = (await engine.Api.GetAsync("/containers/json")).EnumerateArray().Select(static one => one.GetProperty("Id").GetString()!).ToArray();
        await engine.KillAsync();
        Assert.Equal(1, await demo.EndAsync());
        Assert.Equal(2, demo.Errors.Count);
        Assert.StartsWith($"docker-guard-proxy-demo: {engine.Socket}: no engine answers there: ", demo.Errors[0], StringComparison.Ordinal);
        Assert.StartsWith("docker-guard-proxy-demo: left behind: container ", demo.Errors[1], StringComparison.Ordinal);
        Assert.All(ids, id => Assert.Contains(id[..12], demo.Errors[1], StringComparison.Ordinal));

        // Thawed and unmounted all the same.
        demo.AssertClean();
    }

    [Fact]
    public async Task Without_an_engine_there_one_line_says_so()
    {
        await using var demo = Prepare();
        var (missing, tooLong) = (Path.Combine(demo.Folder, "missing.sock"), "/tmp/" + new string('x', 200));
        Assert.Equal(1, await demo.Start("--real", "--engine", missing).EndAsync());
        Assert.StartsWith($"docker-guard-proxy-demo: {missing}: no engine answers there", Assert.Single(demo.Errors), StringComparison.Ordinal);
        demo.AssertClean();
        await using var second = Prepare();
        Assert.Equal(1, await second.Start("--real", "--engine", tooLong).EndAsync());
        Assert.Equal($"docker-guard-proxy-demo: {tooLong}: no path that a socket can have", Assert.Single(second.Errors));
    }

    private static DemoProcess Prepare()
    {
        var demo = new DemoProcess();
        demo.Environment["PATH"] = $"{Path.Combine(Machine.Cache, "busybox/bin")}:/usr/sbin:/usr/bin:/sbin:/bin";
        return demo;
    }

    /// <summary>All containers with state and begin, and all images.</summary>
    private static async Task<string> SightAsync(Dockerd engine)
    {
        var containers = (await engine.Api.GetAsync("/containers/json?all=1")).EnumerateArray()
            .Select(static one => $"{one.GetProperty("Id")} {one.GetProperty("Names")} {one.GetProperty("State")} {one.GetProperty("Created")}");
        var images = (await engine.Api.GetAsync("/images/json?all=1")).EnumerateArray().Select(static one => $"{one.GetProperty("Id")}").Order();
        return string.Join('\n', [.. containers, .. images]);
    }
}
