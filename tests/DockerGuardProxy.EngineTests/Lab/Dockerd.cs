using System.Globalization;
using System.Net.Sockets;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>A real dockerd with a folder, a containerd and cgroups of its own. Several run side by side.</summary>
internal sealed class Dockerd : IAsyncDisposable
{
    /// <summary>The engine that leaks for every call on a container that does not end.</summary>
    public const string Leaky = "20.10.5";

    /// <summary>Debian 12's own.</summary>
    public const string Installed = "20.10.24";

    /// <summary>A newer one.</summary>
    public const string Newer = "26.1.5";

    /// <summary>The newest that Debian has, from sid; 28.5.2 when its figures were recorded.</summary>
    public const string Newest = "sid";

    /// <summary>The image every engine has.</summary>
    public const string Image = "lab";

    /// <summary>A runtime that blocks, as one does that waits for a dead NFS server; runc while nothing makes it block.</summary>
    public const string BlockingRuntime = "blocking";

    private const string UnifiedCgroups = "umount --lazy /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup; exec \"$@\"";

    private readonly string? _programs;
    private readonly bool _liveRestore;
    private readonly bool _isUnified;
    private readonly string _name;
    private Daemon? _daemon;

    private Dockerd(string version, bool liveRestore, bool isUnified)
    {
        Version = version;
        _programs = version == Installed ? null : Path.Combine(Machine.Cache, "engines", version);
        _liveRestore = liveRestore;
        _isUnified = isUnified;
        Folder = Machine.NewPath("e");
        _name = Folder["/tmp/".Length..].Replace('/', '-');
        Directory.CreateDirectory(Folder);
        Api = new EngineApi(Socket);
    }

    /// <summary>Its version; of <see cref="Newest"/> what it says itself.</summary>
    public string Version { get; private set; }

    /// <summary>Holds data, state, socket, pid file and log.</summary>
    public string Folder { get; }

    public string Socket => Path.Combine(Folder, "docker.sock");

    public string PidFile => Path.Combine(Folder, "pid");

    /// <summary>While it exists, containers of the runtime <see cref="BlockingRuntime"/> hang in their creation, and their start with them.</summary>
    public string BlockingFile => Path.Combine(Folder, "blocks");

    /// <summary>The parent of its containers' cgroups, in each hierarchy.</summary>
    public string CgroupParent => "/" + _name;

    /// <summary>What runs a command where the engine sees files and cgroups: nothing, or the way into its mount namespace.</summary>
    public string[] Enter => _isUnified ? ["nsenter", "--mount", "--target", $"{Daemon.Pid}"] : [];

    /// <summary>Calls straight to the engine.</summary>
    public EngineApi Api { get; }

    public Daemon Daemon => _daemon ?? throw new InvalidOperationException("The engine does not run.");

    /// <summary>Starts an engine and gives it the image <see cref="Image"/>.</summary>
    /// <param name="version">Its version.</param>
    /// <param name="liveRestore">Whether containers live on while it does not run.</param>
    /// <param name="isUnified">
    /// Whether it gets a mount namespace of its own in which cgroup v2 is all there is, whatever the machine has. What the test mounts below
    /// <see cref="Folder"/> is seen there, too.
    /// </param>
    public static async Task<Dockerd> StartAsync(string version = Installed, bool liveRestore = false, bool isUnified = false)
    {
        var engine = new Dockerd(version, liveRestore, isUnified);
        try
        {
            await engine.StartAsync();
            var found = (await engine.Api.GetAsync("/version")).GetProperty(nameof(Version)).GetString();
            found = found?.Split('+')[0];
            if (version == Newest && found is not null)
                engine.Version = found;
            else if (found != version)
                throw new InvalidOperationException($"Wanted dockerd {version}, got {found}.");
            await engine.ImportImageAsync();
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it (again) and waits until it answers.</summary>
    public async Task StartAsync()
    {
        if (_isUnified && _daemon is null)
            await ShareAsync();
        List<string> command =
        [
            .. _isUnified ? (string[])["unshare", "--mount", "--propagation", "slave", "sh", "-ec", UnifiedCgroups, "sh"] : [],
            "dockerd", "--data-root", Path.Combine(Folder, "data"), "--exec-root", Path.Combine(Folder, "x"),
            "--pidfile", PidFile, "-H", "unix://" + Socket, "--bridge=none", "--iptables=false", "--debug",
            "--cgroup-parent", CgroupParent, "--exec-opt", "native.cgroupdriver=cgroupfs",
            "--containerd-namespace", _name, "--containerd-plugins-namespace", _name + "-plugins",
            "--config-file", Path.Combine(Folder, "engine.json"),
        ];
        await WriteBlockingRuntimeAsync();
        if (_liveRestore)
            command.Add("--live-restore");
        _daemon?.Dispose();
        _daemon = Daemon.Start(Path.Combine(Folder, "log"), command, new Dictionary<string, string> { ["PATH"] = SearchPath() });
        var ready = await Poll.UntilAsync(async () => _daemon.HasExited || await AnswersAsync(), TimeSpan.FromSeconds(60), 100);
        if (ready is null || _daemon.HasExited)
            throw new InvalidOperationException($"dockerd {Version} did not start:\n{_daemon.Tail()}");
    }

    /// <summary>Ends it as an operator does. Containers end with it unless it was started with live-restore.</summary>
    public async Task StopAsync(TimeSpan? limit = null)
    {
        Daemon.Signal(15);
        if (await Daemon.WaitAsync(limit ?? TimeSpan.FromSeconds(40)) is null)
            throw new InvalidOperationException($"dockerd {Version} did not end:\n{Daemon.Tail()}");
    }

    /// <summary>kill -9. The kernel ends its containerd too; containers and their shims stay.</summary>
    public async Task KillAsync()
    {
        var containerd = (await File.ReadAllTextAsync(Path.Combine(Folder, "x/containerd", "containerd.pid"))).Trim();
        Daemon.Signal(9);
        await Daemon.WaitAsync(TimeSpan.FromSeconds(10));
        // A dockerd that starts while the old containerd is still dying takes it for its own and waits for it in vain.
        await Poll.UntilAsync(() => !Directory.Exists("/proc/" + containerd), TimeSpan.FromSeconds(10));
    }

    /// <summary>Goroutines, those of this question included.</summary>
    public async Task<int> GoroutinesAsync()
    {
        using var lines = new StringReader(await Api.GetTextAsync("/debug/pprof/goroutine?debug=1"));
        // "goroutine profile: total 44"
        return int.Parse(lines.ReadLine()!.Split(' ')[^1], CultureInfo.InvariantCulture);
    }

    /// <summary>What each goroutine does.</summary>
    public Task<string> GoroutineDumpAsync() => Api.GetTextAsync("/debug/pprof/goroutine?debug=2");

    /// <summary>Open descriptors, one or more of which belong to <see cref="Api"/>.</summary>
    public int Descriptors() => Daemon.Descriptors();

    /// <summary>
    /// Open descriptors after a garbage collection: dockerd never closes the connection of an ended attach or exec itself, Go
    /// does when it is collected (measured on all versions).
    /// </summary>
    public async Task<int> DescriptorsInUseAsync()
    {
        // Twice: the first runs the finalizers, the second is after them.
        await Api.GetBytesAsync("/debug/pprof/heap?gc=1");
        await Api.GetBytesAsync("/debug/pprof/heap?gc=1");
        return Descriptors();
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Machine.ReapAsync(Folder);
        if (_daemon is not null)
        {
            await _daemon.WaitAsync(TimeSpan.FromSeconds(5));
            _daemon.Dispose();
        }
    }

    private async Task WriteBlockingRuntimeAsync()
    {
        var runtime = Path.Combine(Folder, "runtime");
        await File.WriteAllTextAsync(runtime, $"""
            #!/bin/sh
            case " $* " in *" create "*) while [ -e "{BlockingFile}" ]; do sleep 0.1; done;; esac
            exec runc "$@"
            """);
        File.SetUnixFileMode(runtime, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await File.WriteAllTextAsync(
            Path.Combine(Folder, "engine.json"), $$$"""{ "runtimes": { "{{{BlockingRuntime}}}": { "path": "{{{runtime}}}" } } }""");
    }

    /// <summary>Folders where the programs of this version lie; the first counts.</summary>
    private string SearchPath()
    {
        const string system = "/usr/sbin:/usr/bin:/sbin:/bin";
        return _programs is null ? system : $"{_programs}/usr/sbin:{_programs}/usr/bin:{system}";
    }

    private async Task ShareAsync()
    {
        var shared = await Command.RunAsync(["sh", "-ec", "mount --bind \"$0\" \"$0\"; mount --make-shared \"$0\"", Folder]);
        if (shared.ExitCode != 0)
            throw new InvalidOperationException($"{Folder} can't be shared: {shared.Error}");
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await Api.GetTextAsync("/_ping");
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or SocketException or IOException)
        {
            return false;
        }
    }

    /// <summary>An image without a registry: one static program under all its names.</summary>
    private async Task ImportImageAsync()
    {
        var script = """
            set -e
            tree=$(mktemp -d "$1/tree.XXXX")
            mkdir -p "$tree/bin" "$tree/tmp" "$tree/etc" "$tree/root"
            cp "$2" "$tree/bin/busybox"
            for name in $("$tree/bin/busybox" --list); do [ -e "$tree/bin/$name" ] || ln -s busybox "$tree/bin/$name"; done
            echo root:x:0:0:root:/root:/bin/sh >"$tree/etc/passwd"
            chmod 1777 "$tree/tmp"
            tar -C "$tree" --sort=name --mtime=@0 -c . | /usr/bin/docker import -c 'CMD ["sh"]' - "$3"
            rm -rf "$tree"
            """;
        var result = await Command.RunAsync(
            ["bash", "-c", script, "import", Folder, Path.Combine(Machine.Cache, "busybox/bin/busybox"), Image],
            new Dictionary<string, string> { ["DOCKER_HOST"] = "unix://" + Socket });
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"No image: {result.Error}");
    }
}
