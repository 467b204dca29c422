using System.Diagnostics;
using DockerGuardProxy.Engine;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Engine;

/// <summary>The index against a dockerd of its own, which some of these tests kill.</summary>
public sealed class ContainerIndexTests
{
    private static readonly string[] Forever = ["sleep", "1000000"];
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(Dockerd.Installed)]
    [InlineData(Dockerd.Newer)]
    [InlineData(Dockerd.Newest)]
    public async Task A_containers_life_is_followed(string version)
    {
        await using var engine = await Dockerd.StartAsync(version);
        await using var watched = await WatchedEngine.StartAsync(engine);
        var index = watched.Index;
        await BecomesAsync(() => index.IsReady);

        // Without a network: 26.1 can't rename a running container of a bridge that is not there.
        var id = await engine.Api.RunAsync("web", Forever, new()
        {
            ["StopTimeout"] = 2,
            ["StopSignal"] = "SIGINT",
            ["HostConfig"] = new { NetworkMode = "none" },
        });
        await BecomesAsync(() => index.Resolve("web").Container is { Running: true, IsFullyKnown: true });
        var web = index.Resolve(id[..12]).Container!;
        Assert.Equal((id, 2L, "INT"), (web.Id, web.StopTimeout, web.StopSignal));
        Assert.True(Directory.Exists($"/proc/{web.Pid}"));
        Assert.Equal(Confirmation.Yes, await watched.Confirmer.ConfirmAsync("web", id, default));
        Assert.Equal(Confirmation.Yes, await watched.Confirmer.ConfirmAsync(id[..12], id, default));

        // One that runs, and one whose start fails: of that no end is ever told.
        await engine.Api.ExecAsync(id, Forever);
        await BecomesAsync(() => index.Execs.Read() is [{ Count: 1 } one] && one.Id == id);
        await Assert.ThrowsAsync<HttpRequestException>(() => engine.Api.ExecAsync(id, "/nowhere"));
        await BecomesAsync(() => index.Execs.Read() is [{ Count: 2 }]);
        var known = await watched.Api.ExecsAsync(id, default);
        index.Execs.Keep(id, known!);
        Assert.Equal([(id, 1)], index.Execs.Read());

        await engine.Api.PostAsync("/containers/web/rename?name=app");
        await engine.Api.PostAsync("/containers/app/kill?signal=KILL");
        await BecomesAsync(() => watched.Heard.EndsWith("-app", StringComparison.Ordinal));
        Assert.Empty(index.Execs.Read());
        Assert.Equal(Confirmation.No, await watched.Confirmer.ConfirmAsync("web", id, default));
        Assert.Equal(ResolutionKind.None, index.Resolve("web").Kind);

        await engine.Api.PostAsync("/containers/app/start");
        await BecomesAsync(() => index.Resolve("app").Container is { Run: 2, Pid: not null });
        await engine.Api.RemoveAsync("app");
        await BecomesAsync(() => index.Find(id) is null);

        // Listeners are told after the index has changed.
        await BecomesAsync(() => watched.Heard.EndsWith("xapp", StringComparison.Ordinal));
        Assert.Equal("+web ~web>app !app:9 -app +app !app:9 -app xapp", watched.Heard);
    }

    [Fact]
    public async Task Names_prefixes_and_links_mean_what_they_mean_to_the_engine()
    {
        await using var engine = await Dockerd.StartAsync();
        await using var watched = await WatchedEngine.StartAsync(engine);
        var ids = new List<string>();
        for (var i = 0; i < 20; i++)
            ids.Add(await engine.Api.CreateAsync("c" + i, Forever));
        await engine.Api.CreateAsync("parent", Forever, new() { ["HostConfig"] = new { Links = new[] { "c0:child" } } });
        // The link gives no event of its own; a list tells.
        watched.Index.ListWanted!();
        await BecomesAsync(() => watched.Index.Current.Count == 21 && watched.Index.Resolve("parent/child").IsFound);
        Assert.Equal(Confirmation.Yes, await watched.Confirmer.ConfirmAsync("/parent/child", ids[0], default));

        // Twenty ids over sixteen digits: some digit is ambiguous.
        string[] references =
        [
            .. "0123456789abcdef".Select(digit => digit.ToString()), ids[3][..2], ids[3][..63], "c1", "/c1", "C1", "parent/child", "no",
        ];
        foreach (var reference in references)
        {
            using var answer = await engine.Api.SendAsync(HttpMethod.Get, $"/containers/{Uri.EscapeDataString(reference)}/json");
            var resolution = watched.Index.Resolve(reference);
            Assert.Equal((reference, answer.IsSuccessStatusCode), (reference, resolution.IsFound));
            if (!resolution.IsFound)
                continue;
            Assert.Contains(resolution.Container.Id, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            Assert.Equal(Confirmation.Yes, await watched.Confirmer.ConfirmAsync(reference, resolution.Container.Id, default));
            Assert.Equal(Confirmation.No, await watched.Confirmer.ConfirmAsync(reference, ids.First(id => id != resolution.Container.Id), default));
        }

        Assert.Contains(references, reference => watched.Index.Resolve(reference).Kind == ResolutionKind.Ambiguous);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_the_engine_was_killed_and_started_again_the_index_is_right_again(bool liveRestore)
    {
        await using var engine = await Dockerd.StartAsync(liveRestore: liveRestore);
        await using var watched = await WatchedEngine.StartAsync(engine);
        var index = watched.Index;
        await engine.Api.RunAsync("web", Forever);
        await engine.Api.CreateAsync("db", Forever);
        await BecomesAsync(() => index.Resolve("web").Container is { Running: true, Pid: not null } && index.Resolve("db").IsFound);

        await engine.KillAsync();
        await BecomesAsync(() => !index.IsReady);
        Assert.True(index.Resolve("web").IsFound);
        Assert.Equal(Confirmation.InDoubt, await watched.Confirmer.ConfirmAsync("web", index.Resolve("web").Container!.Id, default));

        await engine.StartAsync();
        await engine.Api.PostAsync("/containers/db/rename?name=sql");
        await BecomesAsync(() => index.IsReady && index.Resolve("sql").IsFound);
        await BecomesAsync(() => watched.Heard.Contains(" R", StringComparison.Ordinal));
        Assert.Contains(" R", watched.Heard, StringComparison.Ordinal);
        var runs = (await engine.Api.GetAsync("/containers/web/json")).GetProperty("State").GetProperty("Running").GetBoolean();
        Assert.Equal(liveRestore, runs);
        await BecomesAsync(() => index.Resolve("web").Container!.Running == runs);
        if (liveRestore)
        {
            await BecomesAsync(() => index.Resolve("web").Container!.Pid is not null);
        }
        else
        {
            await BecomesAsync(() => watched.Heard.Contains("-web", StringComparison.Ordinal));
            Assert.Matches(" R .*-web", watched.Heard);
        }
    }

    [Fact]
    public async Task A_hung_engine_holds_nobody_up_and_is_found_again()
    {
        await using var engine = await Dockerd.StartAsync();
        await using var watched = await WatchedEngine.StartAsync(engine);
        var id = await engine.Api.RunAsync("web", Forever);
        await BecomesAsync(() => watched.Index.Resolve("web").IsFound);
        var before = engine.Descriptors();

        engine.Daemon.Signal(19);
        try
        {
            // A busy machine takes a moment to stop every thread of it.
            await BecomesAsync(() => Directory.GetDirectories($"/proc/{engine.Daemon.Pid}/task")
                .All(task => File.ReadAllText(Path.Combine(task, "stat")).Contains(") T ", StringComparison.Ordinal)));
            var clock = Stopwatch.StartNew();
            var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => watched.Confirmer.ConfirmAsync("web", id, default)));
            Assert.All(answers, answer => Assert.Equal(Confirmation.InDoubt, answer));
            Assert.InRange(clock.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(10));
        }
        finally
        {
            engine.Daemon.Signal(18);
        }

        await BecomesAsync(async () => await watched.Confirmer.ConfirmAsync("web", id, default) == Confirmation.Yes);
        await BecomesAsync(() => engine.Descriptors() <= before);
    }

    private static Task BecomesAsync(Func<bool> condition) => BecomesAsync(() => Task.FromResult(condition()));

    private static async Task BecomesAsync(Func<Task<bool>> condition) => Assert.NotNull(await Poll.UntilAsync(condition, Soon));
}
