using System.Globalization;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>
/// A Debian that systemd has booted in a container of its own (systemd-nspawn), with its engine, on a throw-away layer over a tree of
/// <c>tests/trees/get</c>.
/// </summary>
internal sealed class BootedDebian : IAsyncDisposable
{
    /// <summary>
    /// Makes cgroup v2 all there is, as on a machine that has booted so, and puts what follows into a cgroup named as its first argument: nspawn
    /// makes two beside itself, of which another system has its own.
    /// </summary>
    private const string UnifiedCgroups = """
        umount --lazy /sys/fs/cgroup
        mount -t cgroup2 none /sys/fs/cgroup
        mkdir "/sys/fs/cgroup/$0"
        echo $$ >"/sys/fs/cgroup/$0/cgroup.procs"
        exec "$@"
        """;

    private static readonly TimeSpan BootLimit = TimeSpan.FromMinutes(2);

    private readonly string _folder = Machine.NewPath("n");
    private readonly bool _isUnified;
    private Daemon? _nspawn;
    private string _leader = "";

    private BootedDebian(bool isUnified) => _isUnified = isUnified;

    /// <summary>Its root folder as seen from here, with what it has mounted.</summary>
    public string Root => $"/proc/{_leader}/root";

    /// <summary>Boots it and waits until its engine answers.</summary>
    /// <param name="suite">Which tree.</param>
    /// <param name="binds">Folders of this machine that it has too, as <c>HERE:THERE</c>.</param>
    public static Task<BootedDebian> StartAsync(string suite, params string[] binds) => StartAsync(suite, isUnified: false, binds);

    /// <inheritdoc cref="StartAsync(string, string[])"/>
    /// <param name="suite">Which tree.</param>
    /// <param name="isUnified">Whether it has cgroup v2 alone, whatever this machine has; its engine then leaves cgroups to systemd.</param>
    /// <param name="binds">Folders of this machine that it has too, as <c>HERE:THERE</c>.</param>
    public static async Task<BootedDebian> StartAsync(string suite, bool isUnified, params string[] binds)
    {
        var debian = new BootedDebian(isUnified);
        try
        {
            await debian.BootAsync(Path.Combine(Machine.Cache, "trees", suite), binds);
            await debian.ImportImageAsync();
            return debian;
        }
        catch
        {
            await debian.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a shell script in it, as a process among its own; fails if it fails.</summary>
    /// <returns>What it wrote.</returns>
    public async Task<string> RunAsync(string script, TimeSpan? limit = null)
    {
        var result = await TryAsync(script, limit);
        return result.ExitCode == 0
            ? result.Output.TrimEnd()
            : throw new InvalidOperationException($"{script}\nexit code {result.ExitCode}\n{result.Output}\n{result.Error}");
    }

    /// <summary>Runs a shell script in it, as a process among its own.</summary>
    public Task<CommandResult> TryAsync(string script, TimeSpan? limit = null) => Command.RunAsync(
        [
            "nsenter", "-t", _leader, "-m", "-u", "-i", "-n", "-p", "sh", "-c",
            // From a cgroup outside of the container's own, /proc shows a process in a way that no process of a booted system has.
            """
            for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do
                [ ! -e $hierarchy/init.scope/cgroup.procs ] || echo $$ >$hierarchy/init.scope/cgroup.procs
            done
            exec sh -ec "$0"
            """,
            script,
        ],
        new Dictionary<string, string>
        {
            ["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", ["DEBIAN_FRONTEND"] = "noninteractive",
        },
        limit);

    /// <summary>Installs a package of this machine, over whatever version of it there is.</summary>
    public async Task InstallAsync(string package)
    {
        var name = Path.GetFileName(package);
        File.Copy(package, $"{Root}/root/{name}", overwrite: true);
        await RunAsync($"dpkg -i /root/{name}", TimeSpan.FromMinutes(2));
    }

    /// <summary>The main process of a service, as numbered on this machine.</summary>
    public async Task<int> MainPidAsync(string service)
    {
        var inside = await RunAsync($"systemctl show -p MainPID --value {service}");
        var space = new FileInfo($"/proc/{_leader}/ns/pid").LinkTarget;
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            try
            {
                if (new FileInfo(folder + "/ns/pid").LinkTarget == space
                    && File.ReadLines(folder + "/status").First(line => line.StartsWith("NSpid:", StringComparison.Ordinal))
                        .EndsWith("\t" + inside, StringComparison.Ordinal))
                {
                    return int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
            {
                // Gone since the list was read, or no process at all.
            }
        }

        throw new InvalidOperationException($"{service} has no process {inside}.");
    }

    public async ValueTask DisposeAsync()
    {
        if (_nspawn is not null)
        {
            // Containers that outlive their engine hold the system's end up for a minute.
            if (_leader.Length > 0)
                await TryAsync("docker ps -q | xargs -r docker kill");

            // Halts the system in it.
            _nspawn.Signal(15);
            if (await _nspawn.WaitAsync(TimeSpan.FromSeconds(20)) is null)
            {
                _nspawn.Signal(9);
                await _nspawn.WaitAsync(TimeSpan.FromSeconds(10));
            }

            _nspawn.Dispose();
        }

        if (Directory.Exists(_folder))
            await Machine.ReapAsync(_folder);
    }

    private async Task BootAsync(string tree, string[] binds)
    {
        if (!File.Exists(Path.Combine(tree, "usr/sbin/dockerd")))
            throw new InvalidOperationException($"There is no {tree}: run tests/trees/get.");
        var name = _folder["/tmp/".Length..].Replace('/', '-');
        await HereAsync("""
            mkdir -p "$0/upper" "$0/work" "$0/root"
            # No overlay on an overlay, as inside of a container: a copy then.
            mount -t overlay overlay -o "lowerdir=$1,upperdir=$0/upper,workdir=$0/work" "$0/root" 2>/dev/null || cp -a "$1/." "$0/root"
            mkdir -p "$0/root/etc/systemd/system/docker.service.d" "$0/root/etc/docker"
            echo '{ "live-restore": true, "bridge": "none", "iptables": false, "storage-driver": "vfs", '"$2"' }' >"$0/root/etc/docker/daemon.json"
            """, _folder, tree, _isUnified ? "\"exec-opts\": [\"native.cgroupdriver=systemd\"]" : $"\"cgroup-parent\": \"/{name}\"");
        _nspawn = Daemon.Start(Path.Combine(_folder, "console"),
        [
            .. _isUnified ? (string[])["unshare", "--mount", "--propagation", "slave", "sh", "-ec", UnifiedCgroups, name] : [],
            // What an engine needs beyond a plain system: keyrings and bpf, by which runc starts containers.
            "systemd-nspawn", "-q", "-b", "-D", _folder + "/root", "--register=no", "--keep-unit", "--private-network", $"--machine={name}",
            "--capability=all", "--system-call-filter=@keyring bpf", .. binds.Select(bind => $"--bind={bind}"),
        ]);
        var booted = await Poll.UntilAsync(async () => _nspawn.HasExited || await IsUpAsync(name), BootLimit, everyMs: 200);
        if (booted is null || _nspawn.HasExited)
            throw new InvalidOperationException($"{tree} did not boot:\n{_nspawn.Tail()}");
    }

    private async Task<bool> IsUpAsync(string name)
    {
        if (_leader.Length == 0)
        {
            var children = File.ReadAllText($"/proc/{_nspawn!.Pid}/task/{_nspawn.Pid}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (children.Length != 1 || !IsInit(children[0]) || !Directory.Exists($"/proc/{children[0]}/root/run/systemd/system"))
                return false;
            _leader = children[0];
        }

        if ((await TryAsync("systemctl is-system-running")).Output.Trim() is not ("running" or "degraded")
            || (await TryAsync("docker version")).ExitCode != 0)
        {
            return false;
        }

        // Where the kernel has many hierarchies, nspawn lets the engine write to none; one cgroup of each must do.
        await RunAsync($$"""
            [ ! -e /sys/fs/cgroup/cgroup.controllers ] || exit 0
            for hierarchy in /sys/fs/cgroup/*/; do
                case $hierarchy in */systemd/ | */unified/) continue ;; esac
                own=${hierarchy}{{name}}
                mount -o remount,rw,bind $hierarchy
                mkdir $own
                mount -o remount,ro,bind $hierarchy
                mount --bind $own $own
                mount -o remount,rw,bind $own
            done
            """);
        return true;
    }

    /// <summary>An image named <c>box</c>, of one static program under the names that tests need.</summary>
    private async Task ImportImageAsync()
    {
        var bin = Root + "/root/box/bin";
        Directory.CreateDirectory(bin);
        File.Copy(Path.Combine(Machine.Cache, "busybox/bin/busybox"), bin + "/busybox");
        await RunAsync("""
            for name in sh sleep date; do ln -s busybox /root/box/bin/$name; done
            tar -C /root/box -c . | docker import - box
            """);
    }

    private static bool IsInit(string pid)
    {
        try
        {
            return File.ReadLines($"/proc/{pid}/status")
                .Any(line => line.StartsWith("NSpid:", StringComparison.Ordinal) && line.EndsWith("\t1", StringComparison.Ordinal));
        }
        catch (IOException)
        {
            // What comes before nspawn runs short commands.
            return false;
        }
    }

    private static async Task HereAsync(string script, params string[] arguments)
    {
        var result = await Command.RunAsync(["bash", "-ec", script, .. arguments]);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"{script}\n{result.Output}\n{result.Error}");
    }
}
