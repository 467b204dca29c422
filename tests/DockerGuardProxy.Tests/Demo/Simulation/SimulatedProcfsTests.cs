using DockerGuardProxy.Demo.Simulation;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Tests.Probe;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Simulation;

public sealed class SimulatedProcfsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("procfs-").FullName;
    private readonly SimulatedDaemon _daemon;
    private readonly int _pid;

    public SimulatedProcfsTests()
    {
        // A clock that stands: what a stop does later would write into the folder when it has been deleted.
        _daemon = new SimulatedDaemon(SimulatedEngineOptions.Leaky with { Time = new FakeTimeProvider(), Processes = new SimulatedProcfs(_folder) });
        _daemon.Create(new() { Name = "app" });
        Assert.True(_daemon.StartAsync("app").IsCompletedSuccessfully);
        _pid = _daemon.Containers.Get("app").Run!.Pid;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_run_shows_two_processes_in_the_containers_cgroup()
    {
        foreach (var pid in new[] { _pid, _pid + 1 })
        {
            Assert.Equal($"0::/docker/{_daemon.Containers.Get("app").Id}\n", Read($"{pid}/cgroup"));
            Assert.Contains(") S ", Read($"{pid}/task/{pid}/stat"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_frozen_child_is_in_D_state_and_has_SIGKILL_pending_only_after_it_was_sent()
    {
        _daemon.Freeze("app");
        Assert.Contains("(writer) D ", Read($"{_pid + 1}/task/{_pid + 1}/stat"), StringComparison.Ordinal);
        Assert.Contains("SigPnd:\t0000000000000000", Read($"{_pid + 1}/task/{_pid + 1}/status"), StringComparison.Ordinal);
        _ = _daemon.StopAsync("app", 0);
        Assert.Contains("SigPnd:\t0000000000000100", Read($"{_pid + 1}/task/{_pid + 1}/status"), StringComparison.Ordinal);
        Assert.Contains($" {0x40050c} ", Read($"{_pid}/task/{_pid}/stat"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_caller_is_shown_under_its_own_name()
    {
        new SimulatedProcfs(_folder).ShowCaller(77, "less");
        Assert.Equal("less\n", Read("77/comm"));
        Assert.Contains("(less) S ", Read("77/task/77/stat"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_process_is_gone_before_the_engine_tells_of_it()
    {
        var stream = new TaskCompletionSource();
        var container = _daemon.Containers.Get("app");
        container.Attach(container.Run!, stream.Task);
        _ = _daemon.KillAsync("app", null);
        Assert.Equal(["1", "self"], Directory.GetDirectories(_folder).Select(Path.GetFileName).Order());
        Assert.True(container.IsRunning);
        stream.SetResult();
        Assert.False(container.IsRunning);
    }

    [Fact]
    public void Nothing_is_left_of_a_run_that_has_ended()
    {
        _daemon.Freeze("app");
        _ = _daemon.KillAsync("app", null);
        _daemon.Thaw("app");
        Assert.Equal(["1", "self"], Directory.GetDirectories(_folder).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData(false, true, DiagnosisKind.Alive)]
    [InlineData(true, false, DiagnosisKind.Alive)]
    [InlineData(true, true, DiagnosisKind.DState)]
    internal async Task The_probe_takes_it_for_the_real_one(bool frozen, bool killed, DiagnosisKind kind)
    {
        if (frozen) _daemon.Freeze("app");
        if (frozen && killed) _ = _daemon.KillAsync("app", null);
        var time = new SteppedTime();
        var options = new ProbeOptions { Root = new(_folder, _folder) };
        var run = new ContainerRun(_daemon.Containers.Get("app").Id, 1, _pid, KillDue: frozen && killed);
        var asked = new Prober(options, time).ProbeAsync(run, TestContext.Current.CancellationToken);
        await time.WaitForAsync(options.Gap);
        time.Advance(options.Gap);
        var diagnosis = (await asked).Diagnosis;
        Assert.Equal(kind, diagnosis.Kind);
        if (kind == DiagnosisKind.DState)
        {
            Assert.Equal(
                [new(_pid + 1, _pid + 1, (ulong)_pid + 1, "writer", 'D', "percpu_rwsem_wait", "ext4 /dev/sdb1")], diagnosis.Tasks.AsEnumerable());
        }
    }

    private string Read(string path) => File.ReadAllText(Path.Combine(_folder, path));
}
