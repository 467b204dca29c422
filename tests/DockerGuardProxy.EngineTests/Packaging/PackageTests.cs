using System.Globalization;
using DockerGuardProxy.EngineTests.Lab;
using DockerGuardProxy.Sockets;
using Xunit;

namespace DockerGuardProxy.EngineTests.Packaging;

/// <summary>The package's life on a booted Debian 11 with its own engine, 20.10.5: the oldest system it is for.</summary>
public sealed class PackageTests
{
    private const string Suite = "bullseye", Socket = "/run/docker-guard-proxy/docker.sock", Guarded = $"docker -H unix://{Socket}";

    [Fact]
    public async Task It_passes_lintian()
    {
        var result = await Command.RunAsync(
            ["lintian", "--no-cfg", "--allow-root", "--fail-on=error,warning", await Packages.DebAsync()], limit: TimeSpan.FromMinutes(2));
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }

    [Fact]
    public async Task Installed_it_serves_and_guards_a_stuck_container()
    {
        await using var disk = await FrozenFileSystem.MountAsync();
        await using var debian = await StartAsync(disk.Folder + ":/mnt");
        await debian.InstallAsync(await Packages.DebAsync());

        Assert.Equal("active\nactive", await debian.RunAsync("systemctl is-active docker-guard-proxy.service docker-guard-proxy.socket"));
        Assert.Equal("enabled\nenabled", await debian.RunAsync("systemctl is-enabled docker-guard-proxy.service docker-guard-proxy.socket"));
        Assert.Equal("root docker 660", await debian.RunAsync($"stat -c '%U %G %a' {Socket}"));
        Assert.Equal("", await debian.RunAsync("systemd-analyze verify --man=no docker-guard-proxy.service docker-guard-proxy.socket 2>&1"));
        Assert.Equal("status", await debian.RunAsync(
            "bash -c '. /usr/share/bash-completion/completions/docker-guard-proxy; "
            + "COMP_LINE=\"docker-guard-proxy st\" COMP_POINT=21 COMP_WORDS=(docker-guard-proxy st) COMP_CWORD=1; _docker_guard_proxy; echo ${COMPREPLY[@]}'"));
        await debian.RunAsync("test -s /usr/share/zsh/vendor-completions/_docker-guard-proxy");
        Assert.Contains(
            "Reloaded",
            await debian.RunAsync("systemctl reload docker-guard-proxy; sleep 0.2; journalctl -u docker-guard-proxy -n 5"),
            StringComparison.Ordinal);
        var pid = await debian.MainPidAsync("docker-guard-proxy.service");
        Assert.Contains("Seccomp:\t2", await File.ReadAllTextAsync($"/proc/{pid}/status"), StringComparison.Ordinal);

        await debian.RunAsync($"{Guarded} run -d --name stuck --network none -v /mnt:/data box sh -c 'while sleep 0.1; do date >/data/f; done'");
        await disk.FreezeAsync();
        var refused = await debian.TryAsync($"{Guarded} stop -t 1 stuck", TimeSpan.FromMinutes(3));
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("cannot be ended by SIGKILL since", refused.Error, StringComparison.Ordinal);
        Assert.Contains("at percpu_rwsem_wait on ext4", refused.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await debian.TryAsync("docker-guard-proxy status")).ExitCode);

        // The engine logs each stop whose SIGTERM was in vain.
        const string Stops = "journalctl -u docker | grep -c 'failed to exit within 1 seconds of signal 15'";
        var stops = await debian.RunAsync(Stops);
        for (var i = 0; i < 3; i++)
        {
            await debian.RunAsync("systemctl restart docker-guard-proxy");
            var again = await debian.TryAsync($"{Guarded} stop -t 1 stuck", TimeSpan.FromMinutes(3));
            Assert.Equal((refused.ExitCode, refused.Error), (again.ExitCode, again.Error));
        }

        Assert.Equal(stops, await debian.RunAsync(Stops));
        Assert.Equal("root root 600", await debian.RunAsync("stat -c '%U %G %a' /run/docker-guard-proxy/state.json"));
        await disk.ThawAsync();
        Assert.NotNull(await Poll.UntilAsync(async () => (await debian.RunAsync("docker ps -q")).Length == 0, TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task It_starts_at_once_and_idles_in_little_memory()
    {
        // Generous: the figures are what counts, and a small machine is slow.
        const double ReadyLimitMs = 3000, IdleLimitMb = 30;
        await using var debian = await StartAsync();
        await debian.InstallAsync(await Packages.DebAsync());
        var times = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            await debian.RunAsync("systemctl restart docker-guard-proxy");
            var stamps = (await debian.RunAsync(
                "systemctl show --value -p ExecMainStartTimestampMonotonic docker-guard-proxy; systemctl show --value -p ActiveEnterTimestampMonotonic docker-guard-proxy"))
                .Split('\n').Select(stamp => double.Parse(stamp, CultureInfo.InvariantCulture)).ToArray();
            times.Add((stamps[1] - stamps[0]) / 1000);
        }

        await Task.Delay(TimeSpan.FromSeconds(10));
        var status = await File.ReadAllLinesAsync($"/proc/{await debian.MainPidAsync("docker-guard-proxy.service")}/status");
        double Megabytes(string key) => double.Parse(
            status.First(line => line.StartsWith(key, StringComparison.Ordinal))[key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(),
            CultureInfo.InvariantCulture) / 1024;
        Figures.Record("from start to READY=1, ms", string.Join(", ", times.Order().Select(ms => ms.ToString("0", CultureInfo.InvariantCulture))));
        Figures.Record(
            "idle with an engine, RSS and of it private, MB",
            string.Create(CultureInfo.InvariantCulture, $"{Megabytes("VmRSS:"):0.0}, {Megabytes("RssAnon:"):0.0}"));
        Assert.InRange(times.Min(), 0, ReadyLimitMs);
        Assert.InRange(Megabytes("VmRSS:"), 0, IdleLimitMb);
    }

    [Fact]
    public async Task Restarts_kills_and_an_upgrade_lose_no_call_and_no_bound_socket()
    {
        await using var debian = await StartAsync();
        await debian.InstallAsync(await Packages.DebAsync());
        var next = await Packages.NextDebAsync();
        await debian.RunAsync("sed -i 's/\"mode\": \"enforce\"/\"mode\": \"observe\"/' /etc/docker-guard-proxy/docker-guard-proxy.json; systemctl reload docker-guard-proxy");
        await debian.RunAsync($"{Guarded} run -d --name holder --network none -v {Socket}:/bound.sock box sleep 100000");
        var holder = await debian.RunAsync("docker inspect -f '{{.State.Pid}}' holder");
        var bound = $"{debian.Root}/proc/{holder}/root/bound.sock";
        var inode = SocketFile.Inode(bound);
        Assert.NotEqual(0, inode);

        await using (var load = ShortCalls.Start(bound, perSecond: 200))
        {
            for (var i = 0; i < 5; i++)
                await debian.RunAsync("systemctl restart docker-guard-proxy");
            await load.RecordAsync("5 times systemctl restart");

            await debian.InstallAsync(next);
            await load.RecordAsync("upgrade of the package");
        }

        Assert.Equal(inode, SocketFile.Inode(bound));
        Assert.Equal(inode, SocketFile.Inode(debian.Root + Socket));
        Assert.Equal(Packages.NextVersion, await debian.RunAsync("dpkg-query -W -f '${Version}' docker-guard-proxy"));
        Assert.Contains("\"mode\": \"observe\"", await debian.RunAsync("docker-guard-proxy status --json"), StringComparison.Ordinal);

        // Cut off in the middle of calls, it comes back by itself, however often: no start limit, and the socket stays.
        for (var i = 0; i < 25; i++)
        {
            var pid = await debian.RunAsync("systemctl show -p MainPID --value docker-guard-proxy");
            await debian.RunAsync("systemctl kill --kill-who=main -s KILL docker-guard-proxy");
            Assert.NotNull(await Poll.UntilAsync(
                async () => await debian.RunAsync("systemctl show -p MainPID --value docker-guard-proxy") is var now && now != "0" && now != pid,
                TimeSpan.FromSeconds(30)));
        }

        Assert.Null((await ShortCalls.PingAsync(bound)).Fault);
        Assert.Equal(inode, SocketFile.Inode(bound));
    }

    [Fact]
    public async Task A_service_that_hangs_is_started_anew_by_the_watchdog_and_one_without_engine_is_not()
    {
        await using var debian = await StartAsync();
        await debian.InstallAsync(await Packages.DebAsync());
        await debian.RunAsync("""
            systemctl stop docker.socket docker.service
            mkdir -p /etc/systemd/system/docker-guard-proxy.service.d
            printf '[Service]\nWatchdogSec=3\n' >/etc/systemd/system/docker-guard-proxy.service.d/test.conf
            systemctl daemon-reload
            systemctl restart docker-guard-proxy
            """);
        var pid = await debian.RunAsync("systemctl show -p MainPID --value docker-guard-proxy");
        await Task.Delay(TimeSpan.FromSeconds(8));
        Assert.Equal(pid, await debian.RunAsync("systemctl show -p MainPID --value docker-guard-proxy"));

        await debian.RunAsync("systemctl kill -s STOP docker-guard-proxy");
        var back = await Poll.UntilAsync(
            async () => await debian.RunAsync("systemctl show -p MainPID --value docker-guard-proxy") is var next && next != "0" && next != pid,
            TimeSpan.FromMinutes(2));
        Assert.NotNull(back);
        Figures.Record("a stopped process is replaced by the watchdog of 3 s after", back.Value);
        Assert.Contains("watchdog", await debian.RunAsync("journalctl -u docker-guard-proxy"), StringComparison.OrdinalIgnoreCase);
        await debian.RunAsync("systemctl start docker.socket docker.service");
        Assert.NotNull(await Poll.UntilAsync(async () => (await debian.TryAsync($"{Guarded} ps")).ExitCode == 0, TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task Removed_and_purged_it_leaves_nothing_and_so_does_the_archive()
    {
        await using var debian = await StartAsync();
        const string Left = "find / -xdev -name '*docker-guard-proxy*' -not -path '/proc/*' -not -path '/root/*' -not -path '/var/lib/dpkg/*' -not -path '/var/log/*'; "
            + "find /run -name '*docker-guard-proxy*' -not -path '/run/systemd/*'";
        await debian.InstallAsync(await Packages.DebAsync());
        await debian.RunAsync("touch /etc/docker-guard-proxy/off; dpkg -r docker-guard-proxy");
        Assert.Equal(
            "inactive\ninactive", (await debian.TryAsync("systemctl is-active docker-guard-proxy.service docker-guard-proxy.socket")).Output.Trim());
        Assert.Equal("", await debian.RunAsync("ls /run | grep docker-guard-proxy || true"));
        await debian.RunAsync("test -e /etc/docker-guard-proxy/docker-guard-proxy.json; dpkg -P docker-guard-proxy");
        Assert.Equal("", await debian.RunAsync(Left));

        var archive = Path.GetFileName(await Packages.TarballAsync());
        File.Copy(await Packages.TarballAsync(), $"{debian.Root}/root/{archive}");
        await debian.RunAsync($"cd /root; tar -xzf {archive}; docker-guard-proxy-*-linux-x64/install; docker -H unix://{Socket} version -f '{{{{.Server.Version}}}}' | grep -F 20.10.5");
        await debian.RunAsync("echo '{ \"version\": 1 }' >/etc/docker-guard-proxy/docker-guard-proxy.json; systemctl reload docker-guard-proxy");
        var inode = SocketFile.Inode(debian.Root + Socket);
        Assert.Contains("is kept", await debian.RunAsync("/root/docker-guard-proxy-*-linux-x64/install"), StringComparison.Ordinal);
        Assert.Equal(inode, SocketFile.Inode(debian.Root + Socket));
        Assert.Equal("{ \"version\": 1 }", await debian.RunAsync("cat /etc/docker-guard-proxy/docker-guard-proxy.json"));
        await debian.RunAsync("/root/docker-guard-proxy-*-linux-x64/uninstall --purge");
        Assert.Equal("", await debian.RunAsync(Left));
    }

    [Fact]
    public async Task An_upgrade_from_one_with_its_units_in_lib_leaves_no_second_copy()
    {
        await using var debian = await StartAsync();
        var package = await Packages.DebAsync();
        await debian.InstallAsync(await Packages.WithUnitsInLibAsync(package));
        const string Units = "find /lib/ /usr/lib/ -xdev -name 'docker-guard-proxy.so*' -o -xdev -name 'docker-guard-proxy.se*' | xargs realpath | sort -u";
        const string Owned = "dpkg -L docker-guard-proxy | grep '/systemd/system/'";
        Assert.Equal(
            "/lib/systemd/system/docker-guard-proxy.service\n/lib/systemd/system/docker-guard-proxy.socket",
            await debian.RunAsync(Owned + " | sort"));
        var before = await debian.RunAsync(Units);
        await debian.InstallAsync(package);
        Assert.Equal("/usr/lib/systemd/system/docker-guard-proxy.service\n/usr/lib/systemd/system/docker-guard-proxy.socket", await debian.RunAsync(Owned + " | sort"));
        Assert.Equal(before, await debian.RunAsync(Units));
        Assert.Equal("active\nactive", await debian.RunAsync("systemctl is-active docker-guard-proxy.service docker-guard-proxy.socket"));
        Assert.Equal("enabled\nenabled", await debian.RunAsync("systemctl is-enabled docker-guard-proxy.service docker-guard-proxy.socket"));
        await debian.RunAsync("dpkg -P docker-guard-proxy");
        Assert.Equal("", await debian.RunAsync(Units));
    }

    [Fact]
    public async Task It_stands_in_for_the_engines_socket_and_goes_back_by_the_documents_commands()
    {
        await using var debian = await StartAsync();
        await debian.InstallAsync(await Packages.DebAsync());
        var commands = Documents.ConsoleBlocks("docs/stand-in.md");
        await debian.RunAsync("docker run -d --name life --network none box sleep 100000");

        await debian.RunAsync("cd /usr/share/doc/docker-guard-proxy/examples/stand-in\n" + commands[0]);
        Assert.Equal("docker-guard-pr", await SocketServer.NameAsync(debian.Root + "/run/docker.sock"));
        Assert.Equal("life", await debian.RunAsync("docker ps --format '{{.Names}}'"));
        Assert.Equal("life", await debian.RunAsync($"{Guarded} ps --format '{{{{.Names}}}}'"));
        Assert.NotEqual(0, (await debian.TryAsync("dpkg -r docker-guard-proxy")).ExitCode);
        await debian.RunAsync("systemctl restart docker.service; docker ps; systemctl restart docker-guard-proxy.service; docker ps");

        await debian.RunAsync(commands[1]);
        // systemd made the engine's, and the engine itself never calls listen().
        Assert.Equal("systemd", await SocketServer.NameAsync(debian.Root + "/run/docker.sock"));
        Assert.Equal("life", await debian.RunAsync("docker ps --format '{{.Names}}'"));
        Assert.Equal("life", await debian.RunAsync($"{Guarded} ps --format '{{{{.Names}}}}'"));
        await debian.RunAsync("dpkg -r docker-guard-proxy; docker ps");
    }

    private static Task<BootedDebian> StartAsync(params string[] binds) => BootedDebian.StartAsync(Suite, binds);
}
