using DockerGuardProxy.Demo;
using DockerGuardProxy.Demo.Incident;
using DockerGuardProxy.Demo.Simulation;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Incident;

/// <summary>A short play on the simulated engine's own socket, in real time.</summary>
public sealed class LockPlayerTests : IDisposable
{
    private static readonly DemoOptions Short = new()
    {
        LookLength = TimeSpan.FromMilliseconds(300),
        LookPace = TimeSpan.FromMilliseconds(30),
        LookPatience = TimeSpan.FromMilliseconds(600),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("player-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_look_that_the_engine_sees_costs_it_a_goroutine_and_a_descriptor_until_the_lock_is_free()
    {
        var half = await PlayAsync(Short, TestContext.Current.CancellationToken);
        Assert.Equal(("direct", "status"), (half.Name, half.Status));
        Assert.InRange(half.Reached, 1, half.Asked);

        // And the pause; a connection may be closing that moment.
        Assert.InRange(half.Goroutines, half.Reached + 1, half.Reached + 4);
        Assert.Equal(half.Goroutines, half.Descriptors);
        Assert.NotNull(half.Patient);
        Assert.NotNull(half.Recovery);
    }

    [Fact]
    public async Task Whoever_interrupts_it_ends_it()
    {
        using var interrupt = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => PlayAsync(Short with { LookLength = TimeSpan.FromMinutes(5) }, interrupt.Token));
    }

    private async Task<LockHalf> PlayAsync(DemoOptions options, CancellationToken cancellationToken)
    {
        var socket = Path.Combine(_folder, "engine.sock");
        await using var engine = await SimulatedEngine.StartAsync(socket, SimulatedEngineOptions.Leaky);
        var prepared = await SimulatedLock.PrepareAsync(engine, TimeProvider.System);
        return await new LockPlayer(options, TimeProvider.System)
            .PlayAsync("direct", prepared, socket, static () => Task.FromResult("status"), cancellationToken);
    }
}
