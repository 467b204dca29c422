using System.Collections.Immutable;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Tests.Engine;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Probe;

/// <summary>What is seen of processes that are known, and of those of execs.</summary>
public sealed class ExecProcessesTests : IDisposable
{
    private const int Shim = 400, Init = 500;
    private static readonly string Id = Samples.Id("abc");
    private static readonly string Cgroup = $"0::/docker/{Id}\n";

    private readonly FakeProc _proc = new();
    private readonly Prober _prober;

    public ExecProcessesTests()
    {
        _prober = new Prober(new ProbeOptions { Root = _proc.Root }, new FakeTimeProvider());
        _proc.Write("uptime", "100.00 500.00\n").Process(Init, "init", Cgroup, parent: Shim);
    }

    public void Dispose() => _proc.Dispose();

    [Fact]
    public async Task Those_that_the_shim_has_started_beside_the_init_are_execs()
    {
        Assert.Equal(new ExecProcesses(true, 0, null), await LookAsync());
        _proc.Process(600, "child", Cgroup, start: 3000, parent: Init);
        Assert.Equal(new ExecProcesses(true, 0, TimeSpan.FromSeconds(70)), await LookAsync());
        _proc.Process(601, "sh", Cgroup, start: 9000, parent: Shim);
        _proc.Process(602, "other", "0::/docker/" + Samples.Id("b") + "\n", start: 9500, parent: Shim);
        Assert.Equal(new ExecProcesses(true, 1, TimeSpan.FromSeconds(10)), await LookAsync());
        _proc.Process(601, "sh", Cgroup, 'Z', start: 9000, parent: Shim);
        Assert.Equal(new ExecProcesses(true, 0, TimeSpan.FromSeconds(70)), await LookAsync());
    }

    [Fact]
    public async Task Without_the_init_or_where_one_cant_be_read_nothing_is_told()
    {
        Assert.Same(ExecProcesses.Unreadable, await _prober.ExecsAsync(new ContainerRun(Id, 1, null, true)));
        _proc.Process(601, "sh", Cgroup, parent: Shim);
        _proc.Refuse("601/stat");
        Assert.False((await LookAsync()).Readable);
        _proc.End(601);
        Assert.True((await LookAsync()).Readable);
        _proc.End(Init);
        Assert.Same(ExecProcesses.Unreadable, await LookAsync());
    }

    [Fact]
    public async Task A_layout_that_hides_the_init_tells_nothing()
    {
        _proc.Process(Init, "init", "0::/somewhere\n", parent: Shim);
        Assert.Same(ExecProcesses.Unreadable, await LookAsync());
    }

    [Fact]
    public async Task A_process_is_named_by_its_start_and_over_once_nothing_of_it_lives()
    {
        _proc.Process(600, "leader", Cgroup, 'Z', start: 7);
        ImmutableArray<NamedProcess> pids = [new(Init, null), new(600, null), new(700, null)];
        Assert.Equal([100ul, null, null], await _prober.StartsAsync(pids));

        // A leader that has exited is a zombie while a thread of it lives.
        _proc.Task(600, 601, "thread", Cgroup);
        Assert.Equal([100ul, 7ul, null], await _prober.StartsAsync(pids));
        _proc.Refuse("600/stat");
        Assert.True((await _prober.StartsAsync(pids)).IsDefault);
    }

    [Fact]
    public async Task A_process_that_is_not_of_the_container_it_must_be_of_is_none()
    {
        _proc.Process(600, "sh", Cgroup).Process(601, "other", "0::/docker/" + Samples.Id("b") + "\n").Process(602, "hidden", Cgroup);
        _proc.Refuse("602/cgroup");
        Assert.Equal([100ul, null, null, null], await _prober.StartsAsync([new(600, Id), new(601, Id), new(602, Id), new(700, Id)]));
    }

    [Fact]
    public async Task A_leader_that_has_exited_and_whose_threads_cant_be_listed_is_not_over()
    {
        _proc.Process(600, "leader", Cgroup, 'Z', start: 7);
        Directory.Delete($"{_proc.Root.Proc}/600/task", recursive: true);
        Assert.Equal([null], await _prober.StartsAsync([new(600, null)]));
        _proc.Refuse("600/task");
        Assert.Equal([7ul], await _prober.StartsAsync([new(600, null)]));
    }

    [Fact]
    public async Task Names_are_read_as_far_as_they_can_be()
    {
        _proc.Process(600, "a\u00e4b", Cgroup);
        Assert.Equal(["init", "a??b", "", ""], await _prober.CommsAsync([Init, 600, 700, 0]));
    }

    private Task<ExecProcesses> LookAsync() => _prober.ExecsAsync(new ContainerRun(Id, 1, Init, KillDue: true));
}
