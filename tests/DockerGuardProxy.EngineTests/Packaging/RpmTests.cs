using DockerGuardProxy.EngineTests.Lab;
using DockerGuardProxy.Sockets;
using Xunit;

namespace DockerGuardProxy.EngineTests.Packaging;

/// <summary>
/// The package for the RHEL family. Debian's packages hold no system of that family: its life is played on a booted Debian 11, by that one's rpm,
/// whose scriptlets find the systemd that they ask for.
/// </summary>
public sealed class RpmTests
{
    private const string Socket = "/run/docker-guard-proxy/docker.sock", Left = "find / -xdev -name '*docker-guard-proxy*' "
        + "-not -path '/proc/*' -not -path '/root/*' -not -path '/var/log/*'; find /run -name '*docker-guard-proxy*' -not -path '/run/systemd/*'";

    // Where tests/trees/get has put it; it is no part of the tree.
    private const string Rpm = "export RPM_CONFIGDIR=/opt/usr/lib/rpm LD_LIBRARY_PATH=/opt/usr/lib/x86_64-linux-gnu; "
        + "/opt/usr/bin/rpm --force-debian --dbpath /root/rpmdb ";

    // What only one of them has: each family's way to carry a licence, and to say what is to be enabled.
    private static readonly string[] RpmsOwn =
        ["/usr/lib/systemd/system-preset/80-docker-guard-proxy.preset", "/usr/share/licenses/docker-guard-proxy/LICENSE"];

    private static readonly string[] DebsOwn =
    [
        "/usr/share/doc/docker-guard-proxy/changelog", "/usr/share/doc/docker-guard-proxy/copyright",
        "/usr/share/lintian/overrides/docker-guard-proxy",
    ];

    [Fact]
    public async Task It_holds_what_the_deb_holds()
    {
        var rpm = (await RunAsync("rpm", "-qp", "--qf", "[%{FILEMODES:perms} %{FILENAMES}\\n]", await Packages.RpmAsync())).Split('\n')
            .Where(line => line.StartsWith('-')).Select(line => line.Split(' ')[1].Replace(".gz", "", StringComparison.Ordinal));
        var deb = (await RunAsync("bash", "-c", "dpkg-deb --fsys-tarfile \"$0\" | tar -t", await Packages.DebAsync())).Split('\n')
            .Where(line => !line.EndsWith('/')).Select(line => line[1..].Replace(".gz", "", StringComparison.Ordinal)
                .Replace("zsh/vendor-completions", "zsh/site-functions", StringComparison.Ordinal));
        Assert.Equal(deb.Except(DebsOwn).Order(StringComparer.Ordinal), rpm.Except(RpmsOwn).Order(StringComparer.Ordinal));
        Assert.Equal(
            "/etc/docker-guard-proxy/docker-guard-proxy.json", await RunAsync("rpm", "-qp", "--configfiles", await Packages.RpmAsync()));
    }

    [Fact]
    public async Task It_is_whole_and_rpmlint_finds_no_fault()
    {
        var package = await Packages.RpmAsync();
        var digests = await RunAsync("rpm", "-Kv", package);
        Assert.Contains("Header SHA256 digest: OK", digests, StringComparison.Ordinal);
        Assert.Contains("Payload SHA256 digest: OK", digests, StringComparison.Ordinal);
        Assert.Equal("x86_64 linux xz", await RunAsync("rpm", "-qp", "--qf", "%{ARCH} %{OS} %{PAYLOADCOMPRESSOR}", package));

        var filters = Path.Combine(Machine.Repository, "packaging/redhat/rpmlint.toml");
        var lint = await Command.RunAsync(["rpmlint", "-c", filters, package], limit: TimeSpan.FromMinutes(5));
        Assert.True(lint.ExitCode == 0, lint.Output + lint.Error);
        Assert.Contains("0 errors, 0 warnings", lint.Output, StringComparison.Ordinal);
        Figures.Record("the package for RHEL, MB", new FileInfo(package).Length / 1_000_000);
    }

    [Fact]
    public async Task Its_scriptlets_go_by_the_preset_and_never_start_the_socket_anew()
    {
        var scripts = await RunAsync("rpm", "-qp", "--scripts", await Packages.RpmAsync());
        Assert.Contains("systemctl --no-reload preset docker-guard-proxy.socket docker-guard-proxy.service", scripts, StringComparison.Ordinal);
        Assert.Contains("systemctl try-restart docker-guard-proxy.service", scripts, StringComparison.Ordinal);
        Assert.DoesNotContain("restart docker-guard-proxy.socket", scripts, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_runs_from_an_empty_root_and_leaves_it_empty()
    {
        // No shell there, so no scriptlets.
        var root = Directory.CreateDirectory(Machine.NewPath("r")).FullName;
        string[] rpm = ["rpm", "--root", root, "--dbpath", "/db", "--nodeps", "--noscripts"];
        await RunAsync([.. rpm, "-i", await Packages.RpmAsync()]);
        var program = Path.Combine(root, "usr/bin/docker-guard-proxy");
        Assert.Equal(await RunAsync(Packages.Program, "--version"), await RunAsync(program, "--version"));
        var config = Path.Combine(root, "etc/docker-guard-proxy/docker-guard-proxy.json");
        Assert.Contains("valid", await RunAsync(program, "check-config", config), StringComparison.Ordinal);
        var doctor = await Command.RunAsync([program, "doctor", "--admin", Path.Combine(root, "none.sock")]);
        Assert.Contains("none.sock", doctor.Output + doctor.Error, StringComparison.Ordinal);

        await RunAsync([.. rpm, "-e", "docker-guard-proxy"]);
        Assert.Empty(Directory.GetFiles(root, "*docker-guard-proxy*", SearchOption.AllDirectories));
        Assert.Empty(Directory.GetDirectories(root, "*docker-guard-proxy*", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task Booted_it_serves_is_upgraded_under_its_clients_and_leaves_nothing()
    {
        await using var debian = await BootedDebian.StartAsync("bullseye", Path.Combine(Machine.Cache, "rpm") + ":/opt");
        var (package, next) = (await Packages.RpmAsync(), await Packages.NextRpmAsync());
        foreach (var file in (string[])[package, next]) File.Copy(file, $"{debian.Root}/root/{Path.GetFileName(file)}");
        const string Active = "systemctl is-active docker-guard-proxy.service docker-guard-proxy.socket";
        const string Enabled = "systemctl is-enabled docker-guard-proxy.service docker-guard-proxy.socket";

        // The administrator's own word is stronger than the package's.
        await debian.RunAsync("mkdir -p /etc/systemd/system-preset; echo 'disable docker-guard-proxy.*' >/etc/systemd/system-preset/10-test.preset");
        await debian.RunAsync($"{Rpm} --nodeps -i /root/{Path.GetFileName(package)}", TimeSpan.FromMinutes(2));
        Assert.Equal("inactive\ninactive", (await debian.TryAsync(Active)).Output.Trim());
        await debian.RunAsync("rm /etc/systemd/system-preset/10-test.preset");
        await debian.RunAsync($"{Rpm} -e docker-guard-proxy");
        Assert.Equal("", await debian.RunAsync(Left));

        await debian.RunAsync($"{Rpm} --nodeps -i /root/{Path.GetFileName(package)}", TimeSpan.FromMinutes(2));
        Assert.Equal("active\nactive", await debian.RunAsync(Active));
        Assert.Equal("enabled\nenabled", await debian.RunAsync(Enabled));
        Assert.Equal("root docker 660", await debian.RunAsync($"stat -c '%U %G %a' {Socket}"));
        Assert.Equal("20.10.5", (await debian.RunAsync($"docker -H unix://{Socket} version -f '{{{{.Server.Version}}}}'"))[..7]);

        var inode = SocketFile.Inode(debian.Root + Socket);
        await debian.RunAsync("sed -i 's/\"mode\": \"enforce\"/\"mode\": \"observe\"/' /etc/docker-guard-proxy/docker-guard-proxy.json");
        await using (var load = ShortCalls.Start(debian.Root + Socket, perSecond: 200))
        {
            await debian.RunAsync($"{Rpm} --nodeps -U /root/{Path.GetFileName(next)}", TimeSpan.FromMinutes(2));
            await load.RecordAsync("upgrade by rpm");
        }

        Assert.Equal(inode, SocketFile.Inode(debian.Root + Socket));
        Assert.Equal(Packages.NextVersion, await debian.RunAsync($"{Rpm} -q --qf '%{{VERSION}}' docker-guard-proxy"));
        Assert.Contains("\"mode\": \"observe\"", await debian.RunAsync("docker-guard-proxy status --json"), StringComparison.Ordinal);

        const string StandIn = "/etc/systemd/system/docker-guard-proxy.socket.d";
        await debian.RunAsync($"mkdir -p {StandIn}; touch {StandIn}/stand-in.conf");
        Assert.NotEqual(0, (await debian.TryAsync($"{Rpm} -e docker-guard-proxy")).ExitCode);
        Assert.Equal("active\nactive", await debian.RunAsync(Active));
        // A changed configuration stays, under another name.
        await debian.RunAsync($"rm -r {StandIn}; {Rpm} -e docker-guard-proxy; rm -r /etc/docker-guard-proxy");
        Assert.Equal("inactive\ninactive", (await debian.TryAsync(Active)).Output.Trim());
        Assert.Equal("", await debian.RunAsync(Left));
    }

    private static async Task<string> RunAsync(params string[] command)
    {
        var result = await Command.RunAsync(command, limit: TimeSpan.FromMinutes(2));
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', command)}\n{result.Output}\n{result.Error}");
        return result.Output.TrimEnd();
    }
}
