namespace DockerGuardProxy.Demo.Simulation;

/// <summary>
/// A tree like /proc with the processes of simulated containers: what the kernel shows of a container whose child sleeps uninterruptibly on a
/// file system, before and after SIGKILL, as measured with a frozen ext4 on Linux 6.1. One lock; files are replaced whole, so that a reader
/// never sees half of one.
/// </summary>
internal sealed class SimulatedProcfs : IContainerProcesses
{
    private const string HostPidNamespace = "pid:[4026531836]";
    private const string OwnCgroup = "0::/init.scope\n";
    private const uint Running = 0x400100, Exiting = 0x40050c;

    private const string Mounts = """
        500 400 0:60 / / rw - overlay overlay rw
        501 500 8:1 /var/lib/docker/containers/hosts /etc/hosts rw - ext4 /dev/sda1 rw
        502 500 8:16 / /data rw - ext4 /dev/sdb1 rw

        """;

    private readonly string _folder;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _pids = [];

    /// <param name="folder">An empty folder.</param>
    public SimulatedProcfs(string folder)
    {
        _folder = folder;
        Write("self/mountinfo", "31 30 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n");
        Link("self/ns/pid", HostPidNamespace);
        Process(new Shown(1, 1, "systemd", OwnCgroup));
    }

    /// <summary>Shows a caller as what it is: a process of the machine, under its own number and name.</summary>
    public void ShowCaller(int pid, string comm)
    {
        lock (_gate) Process(new Shown(pid, pid, comm, OwnCgroup));
    }

    public void Started(SimulatedContainer container)
    {
        lock (_gate)
        {
            if (container.Run is not { } run) return;
            _pids[container.Id] = run.Pid;
            Show(container, run.Pid, 'S', "hrtimer_nanosleep", kill: false);
            Write($"{run.Pid}/mountinfo", Mounts);
            Write($"{run.Pid + 1}/mountinfo", Mounts);
        }
    }

    public void Signalled(SimulatedContainer container, int signal)
    {
        lock (_gate)
        {
            if (signal == Signals.Kill && container.IsFrozen && _pids.TryGetValue(container.Id, out var pid))
                Show(container, pid, 'D', "percpu_rwsem_wait", kill: true);
        }
    }

    public void Frozen(SimulatedContainer container)
    {
        lock (_gate)
        {
            if (_pids.TryGetValue(container.Id, out var pid)) Show(container, pid, 'D', "percpu_rwsem_wait", kill: false);
        }
    }

    public void Thawed(SimulatedContainer container)
    {
        lock (_gate)
        {
            if (_pids.TryGetValue(container.Id, out var pid)) Show(container, pid, 'S', "hrtimer_nanosleep", kill: false);
        }
    }

    public void Ended(SimulatedContainer container)
    {
        lock (_gate)
        {
            if (!_pids.Remove(container.Id, out var pid)) return;
            Directory.Delete(Path.Combine(_folder, $"{pid + 1}"), recursive: true);
            Directory.Delete(Path.Combine(_folder, $"{pid}"), recursive: true);
        }
    }

    /// <summary>Process 1, and its child that writes to /data.</summary>
    private void Show(SimulatedContainer container, int pid, char childState, string childPlace, bool kill)
    {
        var cgroup = $"0::/docker/{container.Id}\n";

        // A process 1 that has been killed waits in its exit for the rest of its PID namespace.
        Process(new Shown(pid, 1, "sh", cgroup)
        {
            Flags = kill ? Exiting : Running,
            Wchan = "do_wait",
        });
        Process(new Shown(pid + 1, 2, "writer", cgroup) { State = childState, Wchan = childPlace, Pending = kill ? 0x100UL : 0 });
        Link($"{pid + 1}/task/{pid + 1}/cwd", "/data");
        Link($"{pid + 1}/task/{pid + 1}/root", "/");
        Write($"{pid + 1}/task/{pid + 1}/mountinfo", Mounts);
    }

    private void Process(Shown process)
    {
        var stat = $"{process.Pid} ({process.Comm}) {process.State} 0 0 0 0 -1 {process.Flags} "
            + $"1 2 3 4 5 6 7 8 20 0 1 0 {process.Pid} 4096 10 1\n";
        var status = $"""
            Name:	{process.Comm}
            State:	{process.State}
            Pid:	{process.Pid}
            NSpid:	{process.Pid}{(process.Pid == process.InnerPid ? "" : $"\t{process.InnerPid}")}
            SigPnd:	{process.Pending:x16}
            ShdPnd:	{process.Pending:x16}
            voluntary_ctxt_switches:	5
            nonvoluntary_ctxt_switches:	2

            """;
        foreach (var folder in (string[])[$"{process.Pid}", $"{process.Pid}/task/{process.Pid}"])
        {
            Write($"{folder}/cgroup", process.Cgroup);
            Write($"{folder}/comm", process.Comm + "\n");
            Write($"{folder}/stat", stat);
            Write($"{folder}/status", status);
            Write($"{folder}/wchan", process.Wchan);
        }

        // One namespace for each container: its first process's pid tells them apart.
        var space = process.Pid == process.InnerPid ? HostPidNamespace : $"pid:[{process.Pid - process.InnerPid + 4026532000}]";
        Link($"{process.Pid}/ns/pid", space);
    }

    private void Write(string path, string text)
    {
        var full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full + ".new", text);
        File.Move(full + ".new", full, overwrite: true);
    }

    private void Link(string path, string target)
    {
        var full = Path.Combine(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        if (new FileInfo(full).LinkTarget is null) File.CreateSymbolicLink(full, target);
    }

    /// <summary>A process with one task.</summary>
    private sealed record Shown(int Pid, int InnerPid, string Comm, string Cgroup)
    {
        public char State { get; init; } = 'S';

        public uint Flags { get; init; } = Running;

        public string Wchan { get; init; } = "0";

        public ulong Pending { get; init; }
    }
}
