using DockerGuardProxy.Probe;
using Xunit;

namespace DockerGuardProxy.Tests.Probe;

/// <summary>Containers that have moved their own init out of their cgroup.</summary>
public sealed class StrayInitTests : ProbeTests
{
    private const string Mine = $"0::/docker/{Id}\n";
    private const string Other = $"0::/docker/{OtherId}\n";
    private const string Moved = "0::/\n";
    private const string Space = "pid:[4026532122]";

    [Theory]
    [InlineData(null, true, Space, false, StrayMeaning.Own)]
    [InlineData(100, true, Space, false, StrayMeaning.Own)]
    [InlineData(99, true, Space, false, StrayMeaning.Nothing)]
    [InlineData(null, true, Membership.HostPidNamespace, false, StrayMeaning.Nothing)]
    [InlineData(null, true, null, false, StrayMeaning.Nothing)]
    [InlineData(null, true, Space, true, StrayMeaning.Nothing)]
    [InlineData(null, false, Space, false, StrayMeaning.Nothing)]
    [InlineData(100, true, Membership.HostPidNamespace, false, StrayMeaning.Unclear)]
    [InlineData(100, true, Space, true, StrayMeaning.Unclear)]
    [InlineData(100, false, null, false, StrayMeaning.Unclear)]
    [InlineData(99, false, null, false, StrayMeaning.Nothing)]
    internal void Only_a_namespace_of_its_own_tells(int? seen, bool isProcessOne, string? space, bool hasStrangers, StrayMeaning expected) =>
        Assert.Equal(expected, new StrayInit(100, (ulong?)seen, isProcessOne, space, hasStrangers).Meaning);

    [Fact]
    public async Task The_namespace_of_the_init_tells_the_tasks()
    {
        Moves();
        var diagnosis = await ProbeAsync(Run(initPid: 10));
        Assert.Equal(DiagnosisKind.DState, diagnosis.Kind);
        Assert.Equal([new(11, 11, 100, "touch", 'D', "percpu_rwsem_wait", null)], diagnosis.Tasks.AsEnumerable());
    }

    [Fact]
    public async Task One_of_its_tasks_that_SIGKILL_has_not_reached_is_no_evidence()
    {
        Moves();
        Proc.Process(12, "sleep", Moved, nsPid: "9", pidNamespace: Space);
        Assert.Equal(DiagnosisKind.NotKilled, (await ProbeAsync(Run(initPid: 10))).Kind);
    }

    [Fact]
    public async Task What_has_stayed_in_the_cgroup_counts_too()
    {
        Proc.Process(10, "sh", Moved, flags: Exiting, shdPnd: Kill, nsPid: "1", pidNamespace: Space);
        Proc.Process(11, "touch", Mine, 'D', sigPnd: Kill, nsPid: "8", pidNamespace: Space);
        Proc.Process(12, "dd", Moved, 'D', sigPnd: Kill, nsPid: "9", pidNamespace: Space);
        Assert.Equal([11, 12], (await ProbeAsync(Run(initPid: 10))).Tasks.Select(task => task.Pid));
    }

    [Fact]
    public async Task Other_processes_of_the_host_are_none_of_its_own()
    {
        Moves();
        Proc.Process(20, "bash", FakeProc.Host);
        Proc.Process(21, "sh", Moved, nsPid: "1", pidNamespace: "pid:[4026532999]");
        Assert.Equal(DiagnosisKind.DState, (await ProbeAsync(Run(initPid: 10))).Kind);
    }

    [Fact]
    public async Task A_namespace_that_another_container_has_joined_tells_nothing()
    {
        Moves();
        Proc.Process(20, "sh", Other, nsPid: "12", pidNamespace: Space);
        Assert.Equal(DiagnosisKind.CannotTell, (await ProbeAsync(Run(initPid: 10))).Kind);
    }

    [Fact]
    public async Task A_namespace_with_one_that_cannot_be_read_tells_nothing()
    {
        Moves();
        Proc.Process(20, "sh", FakeProc.Host);
        File.Delete(Path.Combine(Proc.Root.Proc, "20/ns/pid"));
        Proc.Write("20/ns/pid/nobody", "");                 // A folder: EINVAL, as of a task that is gone.
        Assert.Equal(DiagnosisKind.DState, (await ProbeAsync(Run(initPid: 10))).Kind);
        Directory.Delete(Path.Combine(Proc.Root.Proc, "20/ns"), recursive: true);
        Proc.Link("20/ns", "ns");                           // A loop.
        Assert.Equal(DiagnosisKind.CannotTell, (await ProbeAsync(Run(initPid: 10, number: 2))).Kind);
    }

    [Theory]
    [InlineData(null, Membership.HostPidNamespace)]          // --pid=host
    [InlineData("7", Space)]                                 // --pid=container:
    public async Task The_host_s_namespace_or_one_it_has_joined_tells_nothing(string? nsPid, string space)
    {
        Proc.Process(10, "sh", Moved, 'D', sigPnd: Kill, nsPid: nsPid, pidNamespace: space);
        Assert.Equal(DiagnosisKind.CannotTell, (await ProbeAsync(Run(initPid: 10))).Kind);
    }

    [Fact]
    public async Task An_init_that_was_seen_and_moves_into_the_dark_is_no_lost_exit()
    {
        Proc.Process(10, "sh", Mine, start: 100);
        Assert.Equal(DiagnosisKind.NotKilled, (await ProbeAsync(Run(initPid: 10))).Kind);
        Proc.Process(10, "sh", Moved, start: 100);
        Assert.Equal(DiagnosisKind.CannotTell, (await ProbeAsync(Run(initPid: 10))).Kind);
        Assert.Equal(DiagnosisKind.CannotTell, (await ProbeAsync(Run(initPid: 10))).Kind);

        // Its number is another's.
        Proc.Process(10, "bash", FakeProc.Host, start: 900);
        Assert.Equal(DiagnosisKind.ExitLost, (await ProbeAsync(Run(initPid: 10))).Kind);
    }

    [Fact]
    public async Task Its_exit_is_lost_when_it_is_gone()
    {
        Moves();
        Assert.Equal(DiagnosisKind.DState, (await ProbeAsync(Run(initPid: 10))).Kind);
        Proc.End(10);
        Proc.End(11);
        Assert.Equal(DiagnosisKind.ExitLost, (await ProbeAsync(Run(initPid: 10))).Kind);
    }

    [Fact]
    public async Task Its_execs_are_counted()
    {
        Proc.Write("uptime", "11.00 1.00\n");
        Proc.Process(9, "shim", FakeProc.Host);
        Proc.Process(10, "sh", Moved, nsPid: "1", pidNamespace: Space, parent: 9);
        Proc.Process(11, "sleep", Moved, nsPid: "2", pidNamespace: Space, parent: 10);
        Proc.Process(12, "top", Moved, nsPid: "3", pidNamespace: Space, parent: 9);
        Assert.Equal(new ExecProcesses(true, 1, TimeSpan.FromSeconds(10)), await Prober.ExecsAsync(new(Id, 1, 10, KillDue: false)));
    }

    /// <summary>Init and a child of it, killed, in the root of cgroup v2.</summary>
    private void Moves()
    {
        Proc.Process(10, "sh", Moved, flags: Exiting, shdPnd: Kill, nsPid: "1", pidNamespace: Space);
        Proc.Process(11, "touch", Moved, 'D', sigPnd: Kill, nsPid: "8", pidNamespace: Space, wchan: "percpu_rwsem_wait");
    }
}
