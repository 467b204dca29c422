using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using DockerGuardProxy.EngineTests.Lab;
using DockerGuardProxy.Probe;
using Xunit;
using LabEngine = DockerGuardProxy.EngineTests.Lab.Dockerd;

namespace DockerGuardProxy.EngineTests.Probe;

/// <summary>What this machine's own kernel shows, on containers of a real engine.</summary>
public sealed partial class ProberTests
{
    private const int Kill = 9, Stop = 19, Continue = 18;

    private readonly Prober _prober = new(new ProbeOptions(), TimeProvider.System);

    [Fact]
    public async Task A_task_on_a_frozen_file_system_is_evidence_from_its_SIGKILL_to_the_thaw()
    {
        await using var engine = await LabEngine.StartAsync();
        await using var fs = await FrozenFileSystem.MountAsync();
        var id = await engine.Api.RunAsync("writer", ["sh", "-c", "while sleep 0.1; do touch /data/f; done"], new()
        {
            ["HostConfig"] = new { Binds = new[] { fs.Folder + ":/data" } },
        });
        var init = await InitAsync(engine, id);
        await fs.FreezeAsync();
        await Task.Delay(500);

        // 1. In D without SIGKILL.
        Assert.Equal(DiagnosisKind.Alive, (await ProbeAsync(new(id, 1, init, KillDue: false))).Kind);
        Assert.Equal(DiagnosisKind.NotKilled, (await ProbeAsync(new(id, 1, init, KillDue: true))).Kind);

        // 2. With it: the init waits for its namespace, the child is what it waits for.
        var kill = engine.Api.PostAsync($"/containers/{id}/kill");
        foreach (var run in new ContainerRun[] { new(id, 1, init, true), new(id, 1, null, true) })
        {
            var diagnosis = await PollAsync(run, DiagnosisKind.DState);
            var task = Assert.Single(diagnosis.Tasks);
            Assert.Equal(("touch", 'D', "percpu_rwsem_wait"), (task.Comm, task.State, task.Wchan));
            Assert.StartsWith("ext4 /dev/loop", task.FileSystem, StringComparison.Ordinal);
        }

        // 3. After the thaw nothing is left; the engine has seen the exit too.
        await fs.ThawAsync();
        Assert.Equal(204, (await kill).Status);
        Assert.NotNull(await Poll.UntilAsync(async () => !await IsRunningAsync(engine, id), TimeSpan.FromSeconds(10)));
        await PollAsync(new(id, 1, init, true), DiagnosisKind.ExitLost);
    }

    [Fact]
    public async Task A_killed_container_in_a_frozen_cgroup_is_frozen()
    {
        var freezer = "/sys/fs/cgroup/freezer";
        Assert.SkipUnless(Directory.Exists(freezer), "With cgroup v2 SIGKILL ends frozen tasks: there is nothing to diagnose.");
        await using var engine = await LabEngine.StartAsync();
        var id = await engine.Api.RunAsync("frozen", ["sleep", "1000"]);
        var init = await InitAsync(engine, id);
        var state = $"{freezer}{engine.CgroupParent}/{id}/freezer.state";
        await File.WriteAllTextAsync(state, "FROZEN");
        try
        {
            Assert.Equal(DiagnosisKind.NotKilled, (await ProbeAsync(new(id, 1, init, true))).Kind);
            Assert.Equal(0, Signal(init, Kill));
            var diagnosis = await PollAsync(new(id, 1, init, true), DiagnosisKind.Frozen);
            Assert.Equal(init, Assert.Single(diagnosis.Tasks).Pid);
        }
        finally
        {
            await File.WriteAllTextAsync(state, "THAWED");
        }

        Assert.NotNull(await Poll.UntilAsync(async () => !await IsRunningAsync(engine, id), TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_container_busy_with_its_disk_is_no_evidence()
    {
        await using var engine = await LabEngine.StartAsync();
        var id = await engine.Api.RunAsync(
            "busy", ["sh", "-c", "while :; do dd if=/dev/zero of=/tmp/f bs=1M count=20 oflag=sync 2>/dev/null; done"]);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(DiagnosisKind.Alive, (await ProbeAsync(new(id, 1, null, KillDue: false))).Kind);
            Assert.Equal(DiagnosisKind.NotKilled, (await ProbeAsync(new(id, 1, null, KillDue: true))).Kind);
        }
    }

    [Fact]
    public async Task A_stopped_shim_is_not_killed_and_with_a_dead_init_exit_lost()
    {
        await using var engine = await LabEngine.StartAsync();
        var id = await engine.Api.RunAsync("shim", ["sleep", "1000"]);
        var init = await InitAsync(engine, id);
        var shim = int.Parse((await File.ReadAllTextAsync($"/proc/{init}/stat")).Split(") ")[^1].Split(' ')[1], CultureInfo.InvariantCulture);
        Assert.Equal(0, Signal(shim, Stop));
        try
        {
            var kill = engine.Api.PostAsync($"/containers/{id}/kill");
            Assert.Equal(DiagnosisKind.NotKilled, (await ProbeAsync(new(id, 1, init, true))).Kind);
            Assert.Equal(0, Signal(init, Kill));
            var diagnosis = await PollAsync(new(id, 1, init, true), DiagnosisKind.ExitLost);
            Assert.Equal('Z', Assert.Single(diagnosis.Tasks).State);
            _ = Signal(shim, Continue);
            await kill;
        }
        finally
        {
            _ = Signal(shim, Continue);
        }

        Assert.NotNull(await Poll.UntilAsync(async () => !await IsRunningAsync(engine, id), TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public async Task A_zombie_leader_with_a_stuck_thread_is_evidence()
    {
        // A cgroup as the engine makes it, and no engine: no program in the image ends its leader alone.
        const string program = """
            import ctypes, sys, threading, time
            def work():
                time.sleep(0.5)
                open(sys.argv[1] + "/f", "w")
            threading.Thread(target=work).start()
            ctypes.CDLL(None).syscall({"x86_64": 60}.get(__import__("os").uname().machine, 93), 0)
            """;
        await using var fs = await FrozenFileSystem.MountAsync();
        await fs.FreezeAsync();
        var id = $"{Environment.ProcessId:x64}";
        var hierarchy = Directory.Exists("/sys/fs/cgroup/pids") ? "/sys/fs/cgroup/pids" : "/sys/fs/cgroup";
        var cgroup = Directory.CreateDirectory($"{hierarchy}/{id}");
        try
        {
            using var process = Process.Start(
                "sh", ["-c", """echo $$ >"$0"; exec python3 -c "$1" "$2" """, $"{cgroup}/cgroup.procs", program, fs.Folder]);
            var stat = $"/proc/{process.Id}/stat";
            Assert.NotNull(await Poll.UntilAsync(() => File.ReadAllText(stat).Contains(") Z", StringComparison.Ordinal), TimeSpan.FromSeconds(10)));
            await PollAsync(new(id, 1, null, true), DiagnosisKind.NotKilled);

            Assert.Equal(0, Signal(process.Id, Kill));
            var diagnosis = await PollAsync(new(id, 1, null, true), DiagnosisKind.DState);
            var task = Assert.Single(diagnosis.Tasks);
            Assert.Equal((process.Id, 'D', "percpu_rwsem_wait"), (task.Pid, task.State, task.Wchan));
            Assert.NotEqual(task.Pid, task.Tid);

            await fs.ThawAsync();
            await process.WaitForExitAsync();
        }
        finally
        {
            await fs.ThawAsync();
            await Poll.UntilAsync(() => File.ReadAllText($"{cgroup}/cgroup.procs").Length == 0, TimeSpan.FromSeconds(10));
            cgroup.Delete();
        }
    }

    private static async Task<int> InitAsync(LabEngine engine, string id) =>
        (await engine.Api.GetAsync($"/containers/{id}/json")).GetProperty("State").GetProperty("Pid").GetInt32();

    private static async Task<bool> IsRunningAsync(LabEngine engine, string id) =>
        (await engine.Api.GetAsync($"/containers/{id}/json")).GetProperty("State").GetProperty("Running").GetBoolean();

    private async Task<Diagnosis> ProbeAsync(ContainerRun run) => (await _prober.ProbeAsync(run, CancellationToken.None)).Diagnosis;

    /// <summary>Probes until the machine is as far, which takes it a moment.</summary>
    private async Task<Diagnosis> PollAsync(ContainerRun run, DiagnosisKind kind)
    {
        Diagnosis? diagnosis = null;
        await Poll.UntilAsync(async () => (diagnosis = await ProbeAsync(run)).Kind == kind, TimeSpan.FromSeconds(15));
        Assert.Equal(kind, diagnosis!.Kind);
        return diagnosis;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int pid, int signal);
}
