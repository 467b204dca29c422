using DockerGuardProxy.Demo;
using DockerGuardProxy.Demo.Incident;
using DockerGuardProxy.Demo.Simulation;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Incident;

/// <summary>A short play on the simulated engine's own socket, in real time.</summary>
public sealed class StopPlayerTests : IDisposable
{
    private static readonly DemoOptions Short = new()
    {
        Length = TimeSpan.FromMilliseconds(300),
        Pace = TimeSpan.FromMilliseconds(30),
        CallerPatience = TimeSpan.FromMilliseconds(1200),
        StopSeconds = 0,
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("player-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Every_call_that_a_leaky_engine_sees_stays_until_the_thaw()
    {
        var half = await PlayAsync(SimulatedEngineOptions.Leaky, Short, TestContext.Current.CancellationToken);

        // One at the begin and one each tick; the timer may fire a hair before its millisecond, so the tick at the end counts too.
        Assert.InRange(half.Asked, 2, 1 + (int)(Short.Length / Short.Pace));
        Assert.Equal(half.Asked, half.Answers.GaveUp);
        Assert.InRange(half.Reached, 1, half.Asked);
        Assert.Equal(half.Reached, half.Last.Open);
        Assert.Equal(half.Reached, half.Last.Connections);
        Assert.NotNull(half.Recovery);
        Assert.Equal(0, half.Samples[^1].Open);
    }

    [Fact]
    public async Task Another_call_that_is_never_answered_does_not_hold_it_up()
    {
        var half = await PlayAsync(
            SimulatedEngineOptions.Leaky, Short, TestContext.Current.CancellationToken, static (engine, play) => engine.Freeze(play.Healthy));
        Assert.Null(half.OtherStop);
    }

    [Fact]
    public async Task Whoever_interrupts_it_ends_it()
    {
        using var interrupt = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => PlayAsync(SimulatedEngineOptions.Leaky, Short with { Length = TimeSpan.FromMinutes(5) }, interrupt.Token));
    }

    private async Task<StopHalf> PlayAsync(
        SimulatedEngineOptions engineOptions,
        DemoOptions options,
        CancellationToken cancellationToken,
        Action<SimulatedEngine, IPlayedEngine>? spoil = null)
    {
        var socket = Path.Combine(_folder, "engine.sock");
        await using var engine = await SimulatedEngine.StartAsync(socket, engineOptions);
        var play = await SimulatedPlay.PrepareAsync(engine);
        spoil?.Invoke(engine, play);
        var player = new StopPlayer(options, TimeProvider.System, static (_, _, _, _, _) => { });
        return await player.PlayAsync(
            "direct",
            play,
            socket,
            static () => null,
            static () => Task.FromResult(""),
            cancellationToken);
    }
}
