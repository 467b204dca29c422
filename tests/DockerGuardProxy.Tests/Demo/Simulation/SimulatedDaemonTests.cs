using DockerGuardProxy.Demo.Simulation;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Simulation;

/// <summary>Each fact of dockerd's stop path that the model must keep, on a clock that only the test moves.</summary>
public sealed class SimulatedDaemonTests
{
    private const string Name = "app";
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_stop_ends_a_healthy_container_with_its_signal()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.Leaky);
        Assert.True(daemon.StopAsync(Name, 10).IsCompletedSuccessfully);
        Assert.Equal(["create", "start", "kill 15", "die 0", "stop"], Log(daemon));
        Assert.Equal("exited", daemon.Containers.Get(Name).State);
    }

    [Fact]
    public async Task A_stop_kills_after_t()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.Leaky, new() { IgnoresStopSignal = true });
        var stop = daemon.StopAsync(Name, 5);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(stop.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(stop.IsCompletedSuccessfully);
        Assert.Equal(["create", "start", "kill 15", "kill 9", "die 137", "stop"], Log(daemon));
    }

    [Theory]
    [InlineData(null, null, 10)]
    [InlineData(3, null, 3)]
    [InlineData(3, 1L, 1)]
    public async Task Without_t_the_containers_own_timeout_counts_and_else_ten_seconds(int? own, long? asked, int kills)
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.Leaky, new() { IgnoresStopSignal = true, StopTimeout = own });
        var stop = daemon.StopAsync(Name, asked);
        _time.Advance(TimeSpan.FromSeconds(kills) - TimeSpan.FromTicks(1));
        Assert.False(stop.IsCompleted);
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.True(stop.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task A_t_below_zero_never_kills()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.GivingUp, new() { IgnoresStopSignal = true });
        var stop = daemon.StopAsync(Name, -1);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.False(stop.IsCompleted);
        Assert.DoesNotContain("kill 9", Log(daemon));
    }

    [Fact]
    public async Task A_t_that_overflows_kills_at_once()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.Leaky, new() { IgnoresStopSignal = true });
        Assert.True(daemon.StopAsync(Name, 9_999_999_999).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task The_leaky_engine_waits_for_a_frozen_container_until_it_thaws()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.Leaky);
        daemon.Freeze(Name);
        Task[] calls = [daemon.StopAsync(Name, 1), daemon.StopAsync(Name, 1), daemon.KillAsync(Name, null), daemon.RemoveAsync(Name, force: true)];
        for (var hour = 0; hour < 48; hour++) _time.Advance(TimeSpan.FromHours(1));
        Assert.All(calls, static call => Assert.False(call.IsCompleted));
        Assert.Equal(4, daemon.Counters.Waiters);

        daemon.Thaw(Name);
        await Task.WhenAll(calls);
        Assert.Equal(0, daemon.Counters.Waiters);
        Assert.Empty(daemon.Containers.All);
    }

    [Fact]
    public async Task The_other_engine_gives_a_stop_up_fourteen_seconds_after_t()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.GivingUp);
        daemon.Freeze(Name);
        var stop = daemon.StopAsync(Name, 30);
        Advance(43.9);
        Assert.False(stop.IsCompleted);
        Advance(0.1);
        var error = await Assert.ThrowsAsync<EngineException>(() => stop);
        Assert.Equal((500, "cannot stop container: app: tried to kill container, but did not receive an exit event"), (error.Status, error.Message));
        Assert.Equal(0, daemon.Counters.Waiters);
    }

    [Fact]
    public async Task The_other_engine_gives_a_kill_up_after_twelve_seconds()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.GivingUp);
        daemon.Freeze(Name);
        var kill = daemon.KillAsync(Name, "KILL");
        Advance(11.9);
        Assert.False(kill.IsCompleted);
        Advance(0.1);
        var error = await Assert.ThrowsAsync<EngineException>(() => kill);
        Assert.Equal((500, "Cannot kill container: app: tried to kill container, but did not receive an exit event"), (error.Status, error.Message));
    }

    [Fact]
    public async Task A_stop_that_was_given_up_ends_well_if_the_container_exits_in_the_last_two_seconds()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.GivingUp);
        daemon.Freeze(Name);
        var stop = daemon.StopAsync(Name, 1);
        Advance(14);
        daemon.Thaw(Name);
        await stop;
    }

    [Fact]
    public async Task A_restart_that_waited_starts_the_container_after_the_thaw()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.Leaky);
        var first = daemon.Containers.Get(Name).Run;
        daemon.Freeze(Name);
        var restart = daemon.RestartAsync(Name, 1);
        Advance(60);
        daemon.Thaw(Name);
        await restart;
        var second = daemon.Containers.Get(Name).Run;
        Assert.NotNull(second);
        Assert.NotEqual(first!.Pid, second.Pid);
        Assert.Equal(["create", "start", "kill 15", "kill 9", "die 137", "stop", "start", "restart"], Log(daemon));
    }

    [Fact]
    public async Task A_frozen_container_takes_its_signals_when_it_thaws()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.Leaky);
        daemon.Freeze(Name);
        await daemon.KillAsync(Name, "TERM");
        Assert.True(daemon.Containers.Get(Name).IsRunning);
        daemon.Thaw(Name);
        Assert.Equal(["create", "start", "kill 15", "die 0"], Log(daemon));
    }

    [Fact]
    public async Task A_container_that_got_no_signal_runs_on_after_the_thaw()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.Leaky);
        daemon.Freeze(Name);
        daemon.Thaw(Name);
        Assert.Equal((true, false), (daemon.Containers.Get(Name).IsRunning, daemon.Containers.Get(Name).IsFrozen));
    }

    [Theory]
    [InlineData("HUP")]
    [InlineData("sigusr1")]
    [InlineData("10")]
    public async Task A_kill_with_another_signal_answers_at_once_and_ends_nothing(string signal)
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.Leaky);
        Assert.True(daemon.KillAsync(Name, signal).IsCompletedSuccessfully);
        Assert.True(daemon.Containers.Get(Name).IsRunning);
    }

    [Fact]
    public async Task A_second_forced_removal_is_refused_while_one_is_open()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.Leaky);
        daemon.Freeze(Name);
        _ = daemon.RemoveAsync(Name, force: true);
        var error = await Assert.ThrowsAsync<EngineException>(() => daemon.RemoveAsync(Name, force: true));
        Assert.Equal((409, "removal of container app is already in progress"), (error.Status, error.Message));
    }

    [Fact]
    public async Task A_running_container_is_removed_by_force_only()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.Leaky);
        var error = await Assert.ThrowsAsync<EngineException>(() => daemon.RemoveAsync(Name, force: false));
        Assert.Equal(409, error.Status);
        await daemon.RemoveAsync(Name, force: true);
        Assert.Equal(["create", "start", "kill 9", "die 137", "destroy"], Log(daemon));
    }

    [Fact]
    public async Task What_does_not_run_is_not_modified_by_a_stop_and_in_conflict_with_a_kill()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.Leaky);
        await daemon.StopAsync(Name, null);
        Assert.Equal(304, (await Assert.ThrowsAsync<EngineException>(() => daemon.StopAsync(Name, null))).Status);
        var error = await Assert.ThrowsAsync<EngineException>(() => daemon.KillAsync(Name, null));
        Assert.Equal(409, error.Status);
        Assert.EndsWith(" is not running", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_container_is_found_by_id_name_and_unique_prefix()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.Leaky);
        var container = daemon.Containers.Get(Name);
        Assert.All([container.Id, container.Id[..4], "/app"], reference => Assert.Same(container, daemon.Containers.Get(reference)));
        Assert.Equal("No such container: none", Assert.Throws<EngineException>(() => daemon.Containers.Get("none")).Message);
        daemon.Create(new() { Name = "other" });
        Assert.Equal(500, Assert.Throws<EngineException>(() => daemon.Containers.Get("")).Status);
    }

    [Fact]
    public async Task A_name_is_one_containers_until_it_is_renamed_or_removed()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.Leaky);
        var taken = Assert.Throws<EngineException>(() => daemon.Create(new() { Name = Name }));
        Assert.Contains("is already in use by container", taken.Message, StringComparison.Ordinal);
        await daemon.RenameAsync(Name, "old");
        Assert.NotSame(daemon.Containers.Get("old"), daemon.Create(new() { Name = Name }));
    }

    [Fact]
    public async Task A_container_run_with_rm_goes_when_it_exits()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.Leaky, new() { AutoRemove = true });
        await daemon.StopAsync(Name, 1);
        Assert.Empty(daemon.Containers.All);
        Assert.Contains("destroy", Log(daemon));
    }

    [Fact]
    public async Task The_containers_lock_is_held_while_a_signal_is_sent()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.Leaky with { SignalTime = TimeSpan.FromSeconds(3) });
        var stop = daemon.StopAsync(Name, 10);
        Assert.Equal(0, daemon.Containers.Get(Name).EngineLock.CurrentCount);
        Advance(3);
        await stop;
        Assert.Equal(1, daemon.Containers.Get(Name).EngineLock.CurrentCount);
    }

    [Fact]
    public async Task A_pause_waits_for_the_shim_under_the_containers_lock()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.Leaky);
        daemon.StopShim(Name);
        Task[] calls = [daemon.PauseAsync(Name), daemon.LookAsync(Name), daemon.StopAsync(Name, 1)];
        _time.Advance(TimeSpan.FromDays(1));
        Assert.All(calls, static call => Assert.False(call.IsCompleted));
        daemon.ContinueShim(Name);
        await Task.WhenAll(calls);
        Assert.Equal(["create", "start", "pause", "kill 15", "die 0", "stop"], Log(daemon));
    }

    [Fact]
    public async Task Only_what_runs_can_be_paused_and_only_once()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.Leaky);
        await daemon.PauseAsync(Name);
        Assert.Equal(409, (await Assert.ThrowsAsync<EngineException>(() => daemon.PauseAsync(Name))).Status);
        await daemon.KillAsync(Name, null);
        Assert.Equal(409, (await Assert.ThrowsAsync<EngineException>(() => daemon.PauseAsync(Name))).Status);
    }

    [Fact]
    public async Task A_stream_that_nobody_takes_keeps_the_engine_from_ending_a_run_whose_process_is_gone()
    {
        var daemon = await RunningAsync(SimulatedEngineOptions.GivingUp);
        var container = daemon.Containers.Get(Name);
        var (run, stream) = (container.Run!, new TaskCompletionSource());
        container.Attach(run, stream.Task);
        var kill = daemon.KillAsync(Name, null);
        Assert.Equal((true, true, false), (run.Exited.Task.IsCompleted, container.IsRunning, kill.IsCompleted));
        var look = daemon.LookAsync(Name);
        Assert.False(look.IsCompleted);
        stream.SetResult();
        await Task.WhenAll(kill, look);
        Assert.Equal(["create", "start", "kill 9", "die 137"], Log(daemon));
    }

    private async Task<SimulatedDaemon> RunningAsync(SimulatedEngineOptions options, ContainerSpec? spec = null)
    {
        var daemon = new SimulatedDaemon(options with { Time = _time });
        daemon.Create((spec ?? new ContainerSpec()) with { Name = Name });
        await daemon.StartAsync(Name);
        return daemon;
    }

    // In steps: a timer that is set while the clock moves counts from where the clock stops.
    private void Advance(double seconds)
    {
        for (var step = 0; step < Math.Round(seconds * 10); step++) _time.Advance(TimeSpan.FromSeconds(0.1));
    }

    private static string[] Log(SimulatedDaemon daemon) => [.. daemon.Events.Kept.Select(static entry => entry.ToString())];
}
