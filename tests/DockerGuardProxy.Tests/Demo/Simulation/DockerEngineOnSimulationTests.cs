using DockerGuardProxy.Demo.Simulation;
using DockerGuardProxy.Engine;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Simulation;

/// <summary>What the daemon asks of an engine it finds on the simulated one.</summary>
public sealed class DockerEngineOnSimulationTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("engine-").FullName;
    private SimulatedEngine _engine = null!;
    private DockerEngine _client = null!;

    public async ValueTask InitializeAsync()
    {
        var path = Path.Combine(_folder, "docker.sock");
        _engine = await SimulatedEngine.StartAsync(path, SimulatedEngineOptions.GivingUp);
        _engine.Daemon.Create(new() { Name = "app", StopTimeout = 3, StopSignal = "SIGQUIT" });
        await _engine.Daemon.StartAsync("app");
        _client = new DockerEngine(path);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Lists()
    {
        var container = _engine.Daemon.Containers.Get("app");
        var cancellationToken = TestContext.Current.CancellationToken;
        foreach (var list in new[]
        {
            await _client.ListAsync(cancellationToken),
            await _client.ListByNameAsync("app", cancellationToken),
            await _client.ListByIdAsync(container.Id[..8], cancellationToken),
        })
        {
            var line = Assert.Single(list);
            Assert.Equal((container.Id, "/app", true), (line.Id, Assert.Single(line.Names), line.Running));
        }
    }

    [Fact]
    public async Task Inspect()
    {
        var container = _engine.Daemon.Containers.Get("app");
        var found = await _client.InspectAsync("app", TestContext.Current.CancellationToken);
        Assert.Equal(new Inspection(container.Id, 3, "QUIT", container.Run!.Pid), found);
        Assert.Null(await _client.InspectAsync("none", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Events()
    {
        var events = await _client.SubscribeAsync(null, TestContext.Current.CancellationToken);
        await _engine.Daemon.KillAsync("app", null);
        var actions = new List<string?>();
        await foreach (var entry in events)
        {
            Assert.Equal(("container", "/app"), (entry.Type, entry.OwnName));
            actions.Add(entry.Action);
            if (actions.Count == 2) break;
        }

        Assert.Equal(["kill", "die"], actions);
    }
}
