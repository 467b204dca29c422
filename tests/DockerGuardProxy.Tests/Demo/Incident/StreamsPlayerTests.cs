using DockerGuardProxy.Demo;
using DockerGuardProxy.Demo.Incident;
using DockerGuardProxy.Demo.Simulation;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Incident;

/// <summary>A short play on the simulated engine's own socket, in real time.</summary>
public sealed class StreamsPlayerTests : IDisposable
{
    private static readonly DemoOptions Short = new() { LookPatience = TimeSpan.FromMilliseconds(200) };

    private readonly string _folder = Directory.CreateTempSubdirectory("player-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_container_whose_client_does_not_read_ends_only_with_that()
    {
        var half = await PlayAsync(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
        Assert.Equal(("direct", "status"), (half.Name, half.Status));
        Assert.Null(half.Died);
        Assert.Null(half.Killed);
        Assert.Null(half.Inspect);
        Assert.Null(half.LastNumber);
        Assert.NotNull(half.Cured);
    }

    [Fact]
    public async Task Whoever_interrupts_it_ends_it()
    {
        using var interrupt = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PlayAsync(TimeSpan.FromMinutes(5), interrupt.Token));
    }

    private async Task<StreamsHalf> PlayAsync(TimeSpan watched, CancellationToken cancellationToken)
    {
        var socket = Path.Combine(_folder, "engine.sock");
        await using var engine = await SimulatedEngine.StartAsync(socket, SimulatedEngineOptions.Leaky);
        var prepared = await SimulatedStream.PrepareAsync(engine, TimeProvider.System);
        return await new StreamsPlayer(Short, TimeProvider.System)
            .PlayAsync("direct", prepared, socket, watched, static () => Task.FromResult("status"), cancellationToken);
    }
}
