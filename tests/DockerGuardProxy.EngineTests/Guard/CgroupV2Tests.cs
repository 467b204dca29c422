using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>Evidence where cgroup v2 is all there is: engine and proxy in a mount namespace with the unified hierarchy alone.</summary>
public sealed class CgroupV2Tests
{
    private const string Writer = "while :; do echo x >/data/f; done";

    [Theory]
    [InlineData(Dockerd.Installed)]
    [InlineData(Dockerd.Newest)]
    public async Task A_stuck_container_is_told_of_whatever_its_cgroups_and_namespaces(string version)
    {
        await using var engine = await Dockerd.StartAsync(version, isUnified: true);
        Assert.Equal("2", (await engine.Api.GetAsync("/info")).GetProperty("CgroupVersion").GetString());
        await using var proxy = await Proxy.StartAsync(engine, """{ "patience": "2s" }""");
        await proxy.ReadyAsync();
        await engine.Api.RunAsync("neighbour", ["sleep", "1000000"]);
        await Task.WhenAll(Shapes(engine).Select(shape => TellAsync(engine, proxy, shape)));
    }

    [Theory]
    [InlineData(Dockerd.Installed)]
    [InlineData(Dockerd.Newest)]
    public async Task A_frozen_or_paused_container_ends_by_SIGKILL_as_directly_and_nobody_is_refused(string version)
    {
        await using var engine = await Dockerd.StartAsync(version, isUnified: true);
        await using var proxy = await Proxy.StartAsync(engine, """{ "patience": "1s", "repeatHold": ["1s"] }""");
        await proxy.ReadyAsync();
        foreach (var path in new[] { "stop?t=1", "kill" })
        {
            foreach (var isPaused in new[] { false, true })
            {
                var direct = await EndAsync(engine, engine.Api, path, isPaused);
                var guarded = await EndAsync(engine, proxy.Api, path, isPaused);
                Figures.Record($"{engine.Version}, cgroup v2: {path} of a {(isPaused ? "paused" : "frozen")} one, directly and guarded",
                    $"{direct.Status} {direct.Took.TotalSeconds:0.0} s, {guarded.Status} {guarded.Took.TotalSeconds:0.0} s");
                Assert.Equal((direct.Status, null), (guarded.Status, guarded.Decision));
            }
        }

        Assert.Equal(0, (await proxy.StatusAsync()).Calls.Refused);
    }

    private static IEnumerable<Shape> Shapes(Dockerd engine)
    {
        yield return new("plain", []);
        yield return new("own-cgroupns", new() { ["CgroupnsMode"] = "private" });
        yield return new("host-cgroupns", new() { ["CgroupnsMode"] = "host" });
        yield return new("init", new() { ["Init"] = true });
        yield return new("host-pid", new() { ["PidMode"] = "host" });
        yield return new("shared-pid", new() { ["PidMode"] = "container:neighbour" });
        yield return new("kubepods", new() { ["CgroupParent"] = engine.CgroupParent + "/kubepods/burstable/pod0123" });
        yield return new("nested", new() { ["CgroupnsMode"] = "private" }) { IsNested = true };
        yield return new("exec", []) { Command = "while :; do sleep 1000; done", Exec = Writer };
    }

    /// <summary>A stop of it is refused with the name of the task that hangs; after the thaw it ends.</summary>
    private static async Task TellAsync(Dockerd engine, Proxy proxy, Shape shape)
    {
        await using var fs = await FrozenFileSystem.MountAsync(Path.Combine(engine.Folder, "fs-" + shape.Name));
        try
        {
            var id = await engine.Api.RunAsync(shape.Name, ["sh", "-c", shape.Command], new()
            {
                ["HostConfig"] = new Dictionary<string, object>(shape.HostConfig) { ["Binds"] = new[] { fs.Folder + ":/data" } },
            });
            if (shape.Exec is { } command)
                await engine.Api.ExecAsync(id, "sh", "-c", command);
            if (shape.IsNested)
                await NestAsync(engine, id);
            Assert.NotNull(await Poll.UntilAsync(() => File.Exists(Path.Combine(fs.Folder, "f")), TimeSpan.FromSeconds(20)));
            await fs.FreezeAsync();

            var told = await proxy.Api.CallAsync("POST", $"/containers/{id}/stop?t=1");
            Assert.True(told is { Status: 503, Decision: "refused" }, $"{shape.Name}: {told}\n{proxy.Daemon.Tail()}");
            Assert.Contains("(sh) at percpu_rwsem_wait on ext4 ", told.Body, StringComparison.Ordinal);
            Figures.Record($"{engine.Version}, cgroup v2, {shape.Name}: refused after", told.Took);

            await fs.ThawAsync();
            var ended = await Poll.UntilAsync(async () => !(await engine.StateAsync(id)).IsRunning, TimeSpan.FromSeconds(60));
            Assert.True(ended is not null, $"{shape.Name} does not end after the thaw");
            await engine.Api.RemoveAsync(id);
        }
        finally
        {
            await fs.ThawAsync();
        }
    }

    /// <summary>Moves its processes into a cgroup below its own, as a container with rights to its cgroups does itself.</summary>
    private static async Task NestAsync(Dockerd engine, string id)
    {
        var moved = await Command.RunAsync(
            [
                .. engine.Enter, "sh", "-ec",
                "mkdir \"$0/inner\"; for pid in $(cat \"$0/cgroup.procs\"); do echo $pid >\"$0/inner/cgroup.procs\"; done",
                $"/sys/fs/cgroup{engine.CgroupParent}/{id}",
            ]);
        Assert.True(moved.ExitCode == 0, moved.Error);
    }

    /// <summary>Ends a container that is frozen, by hand or by the engine.</summary>
    private static async Task<IncidentAnswer> EndAsync(Dockerd engine, EngineApi api, string path, bool isPaused)
    {
        var id = await engine.Api.RunAsync("cold", ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"]);
        if (isPaused)
        {
            Assert.Equal(204, (await engine.Api.PostAsync($"/containers/{id}/pause")).Status);
        }
        else
        {
            var frozen = await Command.RunAsync(
                [.. engine.Enter, "sh", "-c", "echo 1 >\"$0\"", $"/sys/fs/cgroup{engine.CgroupParent}/{id}/cgroup.freeze"]);
            Assert.True(frozen.ExitCode == 0, frozen.Error);
        }

        var answer = await api.CallAsync("POST", $"/containers/{id}/{path}", TimeSpan.FromSeconds(60));
        Assert.NotNull(await Poll.UntilAsync(async () => !(await engine.StateAsync(id)).IsRunning, TimeSpan.FromSeconds(30)));
        await engine.Api.RemoveAsync(id);
        return answer;
    }

    /// <summary>A container that hangs in one way.</summary>
    private sealed record Shape(string Name, Dictionary<string, object> HostConfig)
    {
        /// <summary>What its init runs.</summary>
        public string Command { get; init; } = Writer;

        /// <summary>Whether its processes are in a cgroup below its own.</summary>
        public bool IsNested { get; init; }

        /// <summary>What hangs in its place, started by an exec.</summary>
        public string? Exec { get; init; }
    }
}
