using DockerGuardProxy.Probe;
using Xunit;

namespace DockerGuardProxy.Tests.Probe;

/// <summary>Whole probes against a tree of their own.</summary>
public sealed class ProberTests : ProbeTests
{
    private const string Mine = $"6:freezer:/docker/{Id}\n1:name=systemd:/docker/{Id}\n";
    private const string Other = $"6:freezer:/docker/{OtherId}\n1:name=systemd:/docker/{OtherId}\n";
    private const string Hidden = "6:freezer:/\n1:name=systemd:/\n";
    private const string Unified = $"0::/system.slice/docker-{Id}.scope\n";

    [Fact]
    public async Task D_state_names_task_function_and_file_system()
    {
        Proc.Process(10, "sh", Hidden, flags: Exiting, shdPnd: Kill, nsPid: "1");
        Proc.Process(11, "tou\u0007ch", Mine, 'D', sigPnd: Kill, wchan: "percpu_rwsem_wait", nsPid: "8");
        Proc.Write("11/task/11/mountinfo", "1 0 0:1 / / rw - overlay overlay rw\n2 1 7:0 / /data rw - ext4 /dev/loop0 rw\n");
        Proc.Link("11/task/11/cwd", "/");
        Proc.Link("11/task/11/root", "/");
        Proc.Link("11/task/11/fd/0", "/dev/null");

        var diagnosis = await ProbeAsync(Run(initPid: 10));

        Assert.Equal(DiagnosisKind.DState, diagnosis.Kind);
        Assert.True(diagnosis.IsEvidence);
        Assert.Equal([new(11, 11, 100, "tou?ch", 'D', "percpu_rwsem_wait", "ext4 /dev/loop0")], diagnosis.Tasks.AsEnumerable());
    }

    [Fact]
    public async Task A_zombie_leader_hides_the_cgroup_and_its_thread_tells_it()
    {
        Proc.Process(10, "java", Hidden, 'Z', Exiting);
        Proc.Task(10, 12, "worker", Mine, 'D', sigPnd: Kill, wchan: "nfs_wait_bit_killable");

        var diagnosis = await ProbeAsync(Run());

        Assert.Equal(DiagnosisKind.DState, diagnosis.Kind);
        Assert.Equal([new(10, 12, 100, "worker", 'D', "nfs_wait_bit_killable", null)], diagnosis.Tasks.AsEnumerable());
    }

    [Theory]
    [InlineData("FROZEN\n", DiagnosisKind.Frozen)]
    [InlineData("FREEZING\n", DiagnosisKind.DState)]
    [InlineData("THAWED\n", DiagnosisKind.DState)]
    [InlineData(null, DiagnosisKind.DState)]
    internal async Task The_freezer_of_v1_tells_frozen(string? state, DiagnosisKind expected)
    {
        Proc.Process(10, "sleep", Mine, 'D', sigPnd: Kill);
        if (state is not null)
            Proc.WriteCgroup($"freezer/docker/{Id}/freezer.state", state);

        Assert.Equal(expected, (await ProbeAsync(Run())).Kind);
    }

    [Theory]
    [InlineData("populated 1\nfrozen 1\n", DiagnosisKind.Frozen)]
    [InlineData("populated 1\nfrozen 0\n", DiagnosisKind.DState)]
    internal async Task The_freezer_of_v2_tells_frozen(string events, DiagnosisKind expected)
    {
        Proc.Process(10, "sleep", Unified, 'D', sigPnd: Kill);
        Proc.WriteCgroup($"unified/system.slice/docker-{Id}.scope/cgroup.events", events);

        Assert.Equal(expected, (await ProbeAsync(Run())).Kind);
    }

    [Fact]
    public async Task A_killed_container_busy_with_its_disk_is_alive()
    {
        Proc.Process(10, "dd", Mine, 'D', sigPnd: Kill);
        Assert.Equal(
            DiagnosisKind.Alive, (await ProbeAsync(Run(), () => Proc.Process(10, "dd", Mine, 'D', sigPnd: Kill, switches: 6))).Kind);
    }

    [Theory]
    [InlineData(true, DiagnosisKind.NotKilled)]
    [InlineData(false, DiagnosisKind.Alive)]
    internal async Task D_state_without_SIGKILL_is_no_evidence(bool due, DiagnosisKind expected)
    {
        Proc.Process(10, "dd", Mine, 'D');
        var diagnosis = await ProbeAsync(Run() with { KillDue = due });
        Assert.Equal(expected, diagnosis.Kind);
        Assert.False(diagnosis.IsEvidence);
    }

    [Fact]
    public async Task Exit_lost_needs_to_have_seen_the_run()
    {
        Assert.Equal(DiagnosisKind.CannotTell, (await ProbeAsync(Run())).Kind);
        Proc.Process(10, "sh", Mine, 'D', sigPnd: Kill);
        Assert.Equal(DiagnosisKind.DState, (await ProbeAsync(Run())).Kind);
        Proc.End(10);
        Assert.Equal(DiagnosisKind.ExitLost, (await ProbeAsync(Run())).Kind);
        Assert.Equal(DiagnosisKind.CannotTell, (await ProbeAsync(Run() with { Number = 2 })).Kind);
    }

    [Fact]
    public async Task Exit_lost_when_the_init_is_gone() =>
        Assert.Equal(DiagnosisKind.ExitLost, (await ProbeAsync(Run(initPid: 10))).Kind);

    [Fact]
    public async Task Exit_lost_when_another_container_has_the_pid_of_the_init()
    {
        Proc.Process(10, "sh", Other);
        Assert.Equal(DiagnosisKind.ExitLost, (await ProbeAsync(Run(initPid: 10))).Kind);
    }

    [Fact]
    public async Task Cannot_tell_while_the_init_is_there_and_its_cgroup_names_no_container()
    {
        Proc.Process(10, "sh", "0::/strange/layout\n", 'D', sigPnd: Kill);
        Assert.Equal(DiagnosisKind.CannotTell, (await ProbeAsync(Run(initPid: 10))).Kind);
    }

    [Fact]
    public async Task A_missing_init_proves_nothing_in_a_PID_namespace_that_shows_no_container()
    {
        Proc.Link("self/ns/pid", "pid:[4026532000]");
        Assert.Equal(DiagnosisKind.CannotTell, (await ProbeAsync(Run(initPid: 10))).Kind);
        Proc.Process(11, "sh", Other);
        Assert.Equal(DiagnosisKind.ExitLost, (await ProbeAsync(Run(initPid: 10))).Kind);
    }

    [Fact]
    public async Task Zombies_that_nobody_reaps_are_an_exit_lost()
    {
        Proc.Process(10, "sh", Hidden, 'Z', Exiting, nsPid: "1");
        var diagnosis = await ProbeAsync(Run(initPid: 10));
        Assert.Equal(DiagnosisKind.ExitLost, diagnosis.Kind);
        Assert.Equal('Z', Assert.Single(diagnosis.Tasks).State);
    }

    [Fact]
    public async Task An_exiting_init_is_followed_to_the_task_of_its_namespace_that_hides_its_cgroup()
    {
        Proc.Process(10, "sh", Hidden, flags: Exiting, nsPid: "1", pidNamespace: "pid:[77]");
        Proc.Process(11, "cat", Hidden, 'D', Exiting, nsPid: "5", pidNamespace: "pid:[77]", wchan: "request_wait_answer");
        Proc.Process(12, "cat", Hidden, 'D', Exiting, nsPid: "5", pidNamespace: "pid:[78]");

        var diagnosis = await ProbeAsync(Run(initPid: 10));

        Assert.Equal(DiagnosisKind.DState, diagnosis.Kind);
        Assert.Equal([11], diagnosis.Tasks.Select(task => task.Pid));
    }

    [Fact]
    public async Task A_process_seen_before_is_known_when_it_exits_by_pid_and_start()
    {
        Proc.Process(10, "sh", Mine, 'S', start: 100);
        Assert.Equal(DiagnosisKind.NotKilled, (await ProbeAsync(Run())).Kind);
        Proc.Process(10, "sh", Hidden, 'D', Exiting, start: 100);
        Assert.Equal(DiagnosisKind.DState, (await ProbeAsync(Run())).Kind);
        Proc.Process(10, "ls", Hidden, 'D', Exiting, start: 900);
        Assert.Equal(DiagnosisKind.ExitLost, (await ProbeAsync(Run())).Kind);
    }

    [Fact]
    public async Task A_pid_used_again_between_the_samples_is_not_the_container()
    {
        Proc.Process(10, "sh", Mine, 'D', sigPnd: Kill);
        Proc.Process(11, "sh", Mine, 'D', sigPnd: Kill);
        Assert.Equal([10], (await ProbeAsync(Run(), () => Proc.Process(11, "other", FakeProc.Host, start: 900))).Tasks.Select(t => t.Pid));
    }

    [Fact]
    public async Task Pids_that_vanish_between_list_and_read_are_normal()
    {
        Proc.Process(10, "sh", Mine, 'D', sigPnd: Kill);
        Proc.Write("11/empty", "");                         // Gone before its cgroup was read.
        Proc.Write("12/cgroup", Mine);                      // Gone before its stat was.
        Proc.Write("10/task/13/empty", "");                 // A thread gone after the list.
        Assert.Equal([10], (await ProbeAsync(Run())).Tasks.Select(task => task.Tid));
    }

    [Fact]
    public async Task A_kernel_thread_in_the_cgroup_is_none_of_the_container()
    {
        Proc.Process(10, "sh", Mine, 'D', sigPnd: Kill);
        Proc.Process(11, "vhost-10", Mine, flags: 0x208040);
        Assert.Equal(DiagnosisKind.DState, (await ProbeAsync(Run())).Kind);
    }

    [Theory]
    [InlineData("20/cgroup")]                                // hidepid=1, or any process whose container is unknown.
    [InlineData("10/stat")]
    [InlineData("10/task/10/stat")]
    [InlineData("10/task/10/status")]
    public async Task What_cannot_be_read_tells_nothing(string path)
    {
        Proc.Process(10, "sh", Mine, 'D', sigPnd: Kill).Process(20, "bash", FakeProc.Host);
        Proc.Refuse(path);
        Assert.Equal(DiagnosisKind.CannotTell, (await ProbeAsync(Run())).Kind);
    }

    [Fact]
    public async Task What_cannot_be_read_of_one_container_says_nothing_of_another()
    {
        Proc.Process(10, "sh", Mine, 'D', sigPnd: Kill).Process(20, "sh", Other, 'D', sigPnd: Kill);
        Proc.Refuse("20/task/20/status");
        Assert.Equal(DiagnosisKind.DState, (await ProbeAsync(Run())).Kind);
        Assert.Equal(DiagnosisKind.CannotTell, (await ProbeAsync(Run() with { Id = OtherId })).Kind);
    }

    [Fact]
    public async Task Hidepid_2_shows_no_process_1()
    {
        Proc.End(1);
        Assert.Equal(DiagnosisKind.CannotTell, (await ProbeAsync(Run(initPid: 10))).Kind);
    }

    [Fact]
    public async Task Paths_that_leave_our_cgroup_namespace_are_not_understood()
    {
        Proc.Process(10, "sh", Mine, 'D', sigPnd: Kill).Process(20, "sh", $"0::/../{OtherId}\n");
        Assert.Equal(DiagnosisKind.CannotTell, (await ProbeAsync(Run())).Kind);
    }

    [Fact]
    public async Task No_proc_at_all_tells_nothing()
    {
        var prober = new Prober(Options with { Root = new("/nonexistent") }, Time);
        var probe = AskAsync(prober, Run());
        Assert.Equal(DiagnosisKind.CannotTell, (await FinishAsync(probe)).Kind);
    }

    [Fact]
    public async Task Who_asks_in_the_gap_of_a_round_does_not_wait_for_it()
    {
        Proc.Process(10, "sh", Mine, 'D', sigPnd: Kill).Process(20, "sh", Other);
        var first = Ask(Run());
        await Time.WaitForAsync(Options.Gap);
        var second = Ask(Run() with { Id = OtherId });
        await Time.WaitForAsync(Options.Gap);
        Time.Advance(Options.Gap);
        Assert.Equal(DiagnosisKind.DState, (await first).Kind);
        Assert.Equal(DiagnosisKind.NotKilled, (await second).Kind);
    }

    [Fact]
    public async Task Who_gives_up_is_let_go_at_once()
    {
        using var gone = new CancellationTokenSource();
        var probe = Prober.ProbeAsync(Run(), gone.Token).AsTask();
        await Time.WaitForAsync(Options.Gap);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => probe);
    }

    [Theory]
    [InlineData("10/task/10/status")]
    [InlineData("10/stat")]                                  // As of a process that hangs in its execve, from kernel 7.2 on.
    public async Task A_blocked_read_costs_one_thread_and_one_container(string path)
    {
        Proc.Process(10, "sh", Mine, 'D', sigPnd: Kill).Process(20, "sh", Other, 'D', sigPnd: Kill);
        var fifo = Proc.Block(path);

        // 1. The round in which it blocks is lost.
        var probe = Ask(Run());
        await using (await BlockedAsync(fifo, probe))
        {
            Assert.Equal(1, Prober.LostThreads);

            // 2. Later ones leave the file out, and others are still diagnosed.
            Assert.Equal(DiagnosisKind.CannotTell, (await ProbeAsync(Run())).Kind);
            Assert.Equal(DiagnosisKind.DState, (await ProbeAsync(Run() with { Id = OtherId })).Kind);
            Assert.Equal(1, Prober.LostThreads);
        }

        // 3. When the read returns the thread is back.
        Assert.True(SpinWait.SpinUntil(() => Prober.LostThreads == 0, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task The_execs_of_a_container_are_not_counted_without_a_process_that_blocks()
    {
        Proc.Write("uptime", "11.00 1.00\n");
        Proc.Process(10, "top", Mine).Process(11, "sh", Mine);
        await using (await BlockedAsync(Proc.Block("10/stat"), Ask(Run())))
        {
            Assert.Equal(ExecProcesses.Unreadable, await Prober.ExecsAsync(Run(initPid: 11)));
            Assert.Equal(1, Prober.LostThreads);
        }
    }

    [Fact]
    public async Task At_most_two_threads_are_lost()
    {
        Proc.Process(10, "sh", Mine, 'D', sigPnd: Kill).Process(20, "sh", Other, 'D', sigPnd: Kill);
        var one = await BlockedAsync(Proc.Block("10/task/10/status"), Ask(Run()));
        var two = await BlockedAsync(Proc.Block("20/task/20/stat"), Ask(Run() with { Id = OtherId }));
        Assert.Equal(2, Prober.LostThreads);

        // No thread, no clock: the answer is there.
        var third = Prober.ProbeAsync(Run(), CancellationToken.None);
        Assert.True(third.IsCompletedSuccessfully);
        Assert.Equal(DiagnosisKind.CannotTell, (await third).Diagnosis.Kind);
        await one.DisposeAsync();
        await two.DisposeAsync();
        Assert.True(SpinWait.SpinUntil(() => Prober.LostThreads == 0, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task Evidence_stands_when_the_details_block()
    {
        Proc.Process(10, "sh", Mine, 'D', sigPnd: Kill);
        var fifo = Proc.Block("10/task/10/wchan");
        var probe = Ask(Run());
        await Time.WaitForAsync(Options.Gap);
        Time.Advance(Options.Gap);
        await using var reader = await FakeProc.ReaderOfAsync(fifo);
        await Time.WaitForAsync(Options.ScanTimeout);
        await Time.WaitForAsync(Options.ScanTimeout);
        Time.Advance(Options.ScanTimeout);
        var diagnosis = await probe;
        Assert.Equal(DiagnosisKind.DState, diagnosis.Kind);
        Assert.Equal([new(10, 10, 100, "sh", 'D', "", null)], diagnosis.Tasks.AsEnumerable());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_task_that_is_gone_or_has_moved_when_its_details_are_read_is_no_evidence(bool isGone)
    {
        Proc.Process(10, "sh", Mine, 'D', sigPnd: Kill);
        Assert.Equal(DiagnosisKind.Alive, (await ChangedInDetailsAsync(isGone)).Kind);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_task_that_is_gone_or_has_moved_when_its_details_are_read_is_not_named(bool isGone)
    {
        Proc.Process(10, "sh", Mine, 'D', sigPnd: Kill).Process(11, "dd", Mine, 'D', sigPnd: Kill);
        var diagnosis = await ChangedInDetailsAsync(isGone);
        Assert.Equal(DiagnosisKind.DState, diagnosis.Kind);
        Assert.Equal([11], diagnosis.Tasks.Select(task => task.Tid));
    }

    [Fact]
    public async Task Of_thousands_of_stuck_tasks_a_few_are_named_and_one_tells_that_they_are()
    {
        const int Tasks = 5000;
        Proc.Process(10, "sh", Mine, 'D', sigPnd: Kill);
        for (var tid = 1001; tid < 1000 + Tasks; tid++)
            Proc.Task(10, tid, "writer", Mine, 'D', sigPnd: Kill);
        var look = await LookAsync(Run());
        Assert.Equal((DiagnosisKind.DState, 16, Tasks - 16), (look.Diagnosis.Kind, look.Diagnosis.Tasks.Length, look.Diagnosis.MoreTasks));
        Assert.Equal((16, Tasks), (look.Witnesses.Length, look.Size));

        // 1. Nothing of any other task is read, nor their list: it would tell that they have gone.
        foreach (var gone in Directory.GetDirectories($"{Proc.Root.Proc}/10/task")
            .Where(task => !task.EndsWith($"/{look.Witnesses[7].Tid}", StringComparison.Ordinal)))
        {
            Directory.Delete(gone, recursive: true);
        }
        Assert.Equal(Standing.Stands, await ConfirmAsync(look, turn: 7));

        // 2. Another one's turn: it is gone, but one is left.
        Assert.Equal(Standing.Shaken, await ConfirmAsync(look, turn: 8));

        // 3. None is.
        Proc.Process(10, "sh", Mine, 'R').Task(10, look.Witnesses[7].Tid, "writer", Mine, 'D', sigPnd: Kill, switches: 6);
        Assert.Equal(Standing.Fallen, await ConfirmAsync(look, turn: 7));
    }

    [Fact]
    public async Task Not_killed_stands_until_SIGKILL_arrives()
    {
        Proc.Process(10, "sh", Mine);
        var look = await LookAsync(Run());
        Assert.Equal(Standing.Stands, await ConfirmAsync(look));
        Proc.Process(10, "sh", Mine, switches: 9);
        Assert.Equal(Standing.Stands, await ConfirmAsync(look));
        Proc.Process(10, "sh", Mine, 'D', sigPnd: Kill, switches: 9);
        Assert.Equal(Standing.Fallen, await ConfirmAsync(look));
    }

    [Fact]
    public async Task A_lost_exit_stands_while_its_init_is_gone_or_a_zombie()
    {
        var look = await LookAsync(Run(initPid: 10));
        Assert.Equal(DiagnosisKind.ExitLost, look.Diagnosis.Kind);
        Assert.True(look.CanBeConfirmed);
        Assert.Equal(Standing.Stands, await ConfirmAsync(look, initPid: 10));
        Assert.Equal(Standing.Shaken, await ConfirmAsync(look));
        Proc.Process(10, "sh", Hidden, 'Z', Exiting);
        Assert.Equal(Standing.Stands, await ConfirmAsync(look, initPid: 10));
        Proc.Process(10, "bash", FakeProc.Host);
        Assert.Equal(Standing.Shaken, await ConfirmAsync(look, initPid: 10));
    }

    [Fact]
    public async Task What_is_told_of_a_task_stays_the_same_as_long_as_it_is_stuck()
    {
        Proc.Process(10, "sh", Mine, 'D', sigPnd: Kill, wchan: "percpu_rwsem_wait");
        var first = await ProbeAsync(Run());
        Proc.Write("10/task/10/wchan", "0");
        Assert.Equal(first, await ProbeAsync(Run()));

        // Another task of the same number tells of itself.
        Proc.Process(10, "sh", Mine, 'D', sigPnd: Kill, wchan: "rpc_wait", start: 900);
        Assert.Equal("rpc_wait", Assert.Single((await ProbeAsync(Run())).Tasks).Wchan);
    }

    private async Task<Look> LookAsync(ContainerRun run)
    {
        var probe = Prober.ProbeAsync(run, CancellationToken.None).AsTask();
        await Time.WaitForAsync(Options.Gap);
        Time.Advance(Options.Gap);
        return await probe;
    }

    private async Task<Standing> ConfirmAsync(Look look, int? initPid = null, int turn = 0) =>
        Assert.Single((await Prober.ConfirmAsync([new(look, initPid, turn)])).Standings);

    /// <summary>Process 10 ends, or runs again, while what it waits for is read.</summary>
    private async Task<Diagnosis> ChangedInDetailsAsync(bool isGone)
    {
        var fifo = Proc.Block("10/task/10/wchan");
        var probe = Ask(Run());
        await Time.WaitForAsync(Options.Gap);
        Time.Advance(Options.Gap);
        await using (await FakeProc.ReaderOfAsync(fifo))
        {
            if (isGone)
                Proc.End(10);
            else
                Proc.Write("10/task/10/stat", "10 (sh) R 0 0 0 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 100 4096 10 18446744073709551615\n");
        }

        return await probe;
    }

    /// <summary>Lets the scan that reads <paramref name="fifo"/> be overdue; the answer holds the reader.</summary>
    private async Task<FileStream> BlockedAsync(string fifo, Task<Diagnosis> probe)
    {
        await Time.WaitForAsync(Options.ScanTimeout);
        var reader = await FakeProc.ReaderOfAsync(fifo);
        Time.Advance(Options.ScanTimeout);
        Assert.Equal(DiagnosisKind.CannotTell, (await probe).Kind);
        return reader;
    }
}
