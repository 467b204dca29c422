using DockerGuardProxy.Probe;
using Xunit;

namespace DockerGuardProxy.Tests.Probe;

/// <summary>
/// What is told of the same containers on kernels from 3.10 (RHEL 7) on: those of Debian as <c>tests/kernels/record</c> has seen them, 3.10 and
/// 4.19 derived from one of those, with a reference to the source in each text. Of a case:
/// <list type="bullet">
/// <item><c>write</c>: init and child killed, the child hangs on a frozen file system;</item>
/// <item><c>thread</c>: a thread hangs there whose leader is a zombie;</item>
/// <item><c>address</c>: as <c>write</c>, and the kernel has no name for where the child hangs;</item>
/// <item><c>left</c>: as <c>write</c>, and both have left their cgroup;</item>
/// <item><c>vfork</c>: a parent that waits for its vfork, not killed;</item>
/// <item><c>frozen</c>: in a frozen cgroup; killed in v1, where SIGKILL does not end it;</item>
/// <item><c>frozen-write</c>: as <c>write</c>, in a frozen cgroup. In v1 SIGKILL reaches the init alone.</item>
/// </list>
/// </summary>
public sealed class KernelTests
{
    private readonly SteppedTime _time = new();

    public static TheoryData<string> All => new(RecordedProc.Names);

    public static TheoryData<string> Vforks => new(RecordedProc.Names.Where(name => name.EndsWith("-vfork", StringComparison.Ordinal)));

    [Fact]
    public void Kernels_of_ten_years_are_there() => Assert.Equal(
        ["3.10", "4.19", "5.10", "6.1", "6.12", "7.2"],
        RecordedProc.Names.Select(name => Version.Parse(name.Split('-')[0])).Distinct().Order().Select(version => version.ToString()));

    [Theory]
    [MemberData(nameof(All))]
    public async Task The_same_is_told_of_the_same_container(string name)
    {
        using var proc = new RecordedProc(name);
        var options = new ProbeOptions { Root = proc.Root, ScanTimeout = TimeSpan.FromSeconds(50) };
        var prober = new Prober(options, _time);
        var probe = prober.ProbeAsync(new(RecordedProc.Id, 1, proc.InitPid, KillDue: true), CancellationToken.None).AsTask();
        await _time.WaitForAsync(options.Gap);
        proc.GoOn();
        _time.Advance(options.Gap);
        Assert.Equal(Expected(name), Words((await probe).Diagnosis));
    }

    [Theory]
    [MemberData(nameof(Vforks))]
    public async Task Start_times_have_the_tick_of_the_uptime_whatever_that_of_the_kernel(string name)
    {
        using var proc = new RecordedProc(name);
        var prober = new Prober(new() { Root = proc.Root, ScanTimeout = TimeSpan.FromSeconds(50) }, _time);
        var execs = await prober.ExecsAsync(new(RecordedProc.Id, 1, proc.InitPid, KillDue: false));
        Assert.True(execs.Readable);
        Assert.InRange(execs.Youngest!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(3));
    }

    /// <summary>State letters of every kernel: fs/proc/array.c, task_state_array. A killed task that has not moved is held in any of them.</summary>
    [Theory]
    [InlineData('R', DiagnosisKind.Alive)]
    [InlineData('S', DiagnosisKind.DState)]
    [InlineData('D', DiagnosisKind.DState)]
    [InlineData('T', DiagnosisKind.DState)]
    [InlineData('t', DiagnosisKind.DState)]
    [InlineData('Z', DiagnosisKind.ExitLost)]
    [InlineData('X', DiagnosisKind.ExitLost)]
    [InlineData('x', DiagnosisKind.ExitLost)]                // Up to 4.13.
    [InlineData('K', DiagnosisKind.DState)]                  // Up to 4.13: wakekill, waking.
    [InlineData('W', DiagnosisKind.DState)]
    [InlineData('P', DiagnosisKind.DState)]
    [InlineData('I', DiagnosisKind.DState)]                  // From 4.14 on, of kernel threads.
    internal async Task No_state_letter_is_unknown(char state, DiagnosisKind expected)
    {
        using var proc = new FakeProc();
        proc.Process(10, "sh", $"0::/docker/{RecordedProc.Id}\n", state, sigPnd: 0x100);
        var options = new ProbeOptions { Root = proc.Root, ScanTimeout = TimeSpan.FromSeconds(50) };
        var probe = new Prober(options, _time).ProbeAsync(new(RecordedProc.Id, 1, 10, KillDue: true), CancellationToken.None).AsTask();
        await _time.WaitForAsync(options.Gap);
        _time.Advance(options.Gap);
        Assert.Equal(expected, (await probe).Diagnosis.Kind);
    }

    /// <summary>Kernel functions are told by 3.10, and again from 5.16 on (x86); the file system does not need them.</summary>
    private static string Expected(string name)
    {
        var (kernel, way) = name.Split('-', 2) is [var first, var second] ? (first, second) : throw new FormatException(name);
        var isHidden = kernel is "4.19" or "5.10";
        var writer = isHidden ? "" : kernel == "3.10" ? " at __sb_start_write" : " at percpu_rwsem_wait";
        var sleeper = isHidden ? "" : kernel == "3.10" ? " at __refrigerator" : " at hrtimer_nanosleep";
        return (kernel, way[3..]) switch
        {
            (_, "frozen") when way[..2] == "v1" => $"Frozen: sleep in D{sleeper}",
            (_, "frozen" or "vfork") => "NotKilled",
            (_, "frozen-write") when way[..2] == "v1" => "NotKilled",
            ("3.10", "left") => "CannotTell",
            ("3.10", "address") => "DState: container in D on ext4 /dev/loop0",
            _ => $"DState: container in D{writer} on ext4 /dev/loop0",
        };
    }

    private static string Words(Diagnosis diagnosis) => diagnosis.Kind + (diagnosis.Tasks.IsEmpty ? "" : ": ") + string.Join(", ", diagnosis.Tasks
        .Select(task => $"{task.Comm} in {task.State}{(task.Wchan.Length == 0 ? "" : " at " + task.Wchan)}"
            + (task.FileSystem is null ? "" : " on " + task.FileSystem)));
}
