using System.Runtime.InteropServices;

namespace DockerGuardProxy.Tests.Probe;

/// <summary>A /proc tree in a folder of its own, with cgroup hierarchies beside it.</summary>
internal sealed partial class FakeProc : IDisposable
{
    public const string Host = "1:name=systemd:/\n0::/init.scope\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("fake-proc-").FullName;

    public FakeProc()
    {
        Root = new(Path.Combine(_folder, "proc"), _folder);
        Write("self/mountinfo", """
            30 25 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs ro,mode=755
            31 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
            38 30 0:34 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer

            """);
        Link("self/ns/pid", "pid:[4026531836]");
        Process(1, "init", Host);
        Process(2, "kthreadd", "1:name=systemd:/\n0::/\n", flags: 0x208040);
    }

    public DockerGuardProxy.Probe.ProcRoot Root { get; }

    /// <summary>A process with its leader as the only task.</summary>
    public FakeProc Process(
        int pid, string comm, string cgroup, char state = 'S', uint flags = 0x400100, ulong start = 100, ulong sigPnd = 0, ulong shdPnd = 0,
        int switches = 5, string? nsPid = null, string wchan = "0", string pidNamespace = "pid:[4026531836]", int uid = 0, int parent = 0)
    {
        Write($"{pid}/cgroup", cgroup);
        Write($"{pid}/stat", Stat(pid, comm, state, flags, start, parent));
        Write($"{pid}/comm", comm + "\n");
        Write($"{pid}/status", Status(pid, comm, state, sigPnd, shdPnd, switches, nsPid, uid));
        Link($"{pid}/ns/pid", pidNamespace);
        return Task(pid, pid, comm, cgroup, state, flags, start, sigPnd, shdPnd, switches, nsPid, wchan);
    }

    /// <summary>A task of a process.</summary>
    public FakeProc Task(
        int pid, int tid, string comm, string cgroup, char state = 'S', uint flags = 0x400100, ulong start = 100, ulong sigPnd = 0,
        ulong shdPnd = 0, int switches = 5, string? nsPid = null, string wchan = "0")
    {
        Write($"{pid}/task/{tid}/cgroup", cgroup);
        Write($"{pid}/task/{tid}/stat", Stat(tid, comm, state, flags, start));
        Write($"{pid}/task/{tid}/status", Status(tid, comm, state, sigPnd, shdPnd, switches, nsPid));
        Write($"{pid}/task/{tid}/wchan", wchan);
        return this;
    }

    public FakeProc Write(string path, string text)
    {
        var full = Path.Combine(Root.Proc, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return this;
    }

    /// <summary>A file of a cgroup hierarchy.</summary>
    public void WriteCgroup(string path, string text)
    {
        var full = $"{_folder}/sys/fs/cgroup/{path}";
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }

    /// <summary>A link that points nowhere, as those of other mount namespaces do.</summary>
    public void Link(string path, string target)
    {
        var full = Path.Combine(Root.Proc, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.Delete(full);
        File.CreateSymbolicLink(full, target);
    }

    /// <summary>The process is gone.</summary>
    public void End(int pid) => Directory.Delete(Path.Combine(Root.Proc, $"{pid}"), recursive: true);

    /// <summary>Replaces a file by one that can't be read: root may read all but a loop of links.</summary>
    public void Refuse(string path)
    {
        File.Delete(Path.Combine(Root.Proc, path));
        Link(path, Path.GetFileName(path));
    }

    /// <summary>Replaces a file by one whose reader blocks.</summary>
    public string Block(string path)
    {
        var full = Path.Combine(Root.Proc, path);
        File.Delete(full);
        return MakeFifo(full, 0x180) == 0 ? full : throw new IOException(full);
    }

    /// <summary>Waits until somebody reads <paramref name="fifo"/>; disposing the answer unblocks the reader.</summary>
    public static Task<FileStream> ReaderOfAsync(string fifo) =>
        System.Threading.Tasks.Task.Factory.StartNew(
            () => new FileStream(fifo, FileMode.Open, FileAccess.Write, FileShare.ReadWrite),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Stat(int tid, string comm, char state, uint flags, ulong start, int parent = 0) =>
        $"{tid} ({comm}) {state} {parent} 0 0 0 -1 {flags} 1 2 3 4 5 6 7 8 20 0 1 0 {start} 4096 10 18446744073709551615\n";

    private static string Status(int tid, string comm, char state, ulong sigPnd, ulong shdPnd, int switches, string? nsPid, int uid = 0) => $"""
        Name:	{comm}
        State:	{state} (whatever)
        Pid:	{tid}
        Uid:	{uid}	{uid}	{uid}	{uid}
        NSpid:	{tid}{(nsPid is null ? "" : "\t" + nsPid)}
        SigQ:	0/96000
        SigPnd:	{sigPnd:x16}
        ShdPnd:	{shdPnd:x16}
        SigBlk:	0000000000000000
        voluntary_ctxt_switches:	{switches}
        nonvoluntary_ctxt_switches:	2

        """;

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeFifo(string path, uint mode);
}
