using System.Text.RegularExpressions;
using DockerGuardProxy.Demo;
using DockerGuardProxy.Demo.Incident;
using DockerGuardProxy.Demo.Proxy;
using DockerGuardProxy.Demo.Simulation;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Packaging;

/// <summary>
/// What is shipped for arm64, built on x86-64 and run there by qemu's user mode, on the kernel of this machine. In the long form: a native build from
/// scratch takes minutes.
/// </summary>
[Trait("form", "long")]
public sealed partial class Arm64Tests
{
    /// <summary>aarch64's first glibc.</summary>
    private const string OldestGlibc = "2.17";

    private static readonly string Program = Path.Combine(Machine.Repository, "artifacts/release/arm64/docker-guard-proxy");

    // Times of the demo, stretched by what the emulation may take.
    private static readonly DemoOptions Options = new()
    {
        Length = TimeSpan.FromSeconds(20),
        Pace = TimeSpan.FromMilliseconds(200),
        CallerPatience = TimeSpan.FromSeconds(15),
    };

    [Fact]
    public async Task All_three_packages_hold_the_program_for_arm64()
    {
        Assert.Equal("arm64", await RunAsync("dpkg-deb", "-f", await Packages.Arm64Async("deb"), "Architecture"));
        Assert.Equal("aarch64", await RunAsync("rpm", "-qp", "--qf", "%{ARCH}", await Packages.Arm64Async("rpm")));
        Assert.EndsWith("-linux-arm64.tar.gz", await Packages.Arm64Async("tarball"), StringComparison.Ordinal);
        var built = await RunAsync("sha256sum", Program);
        foreach (var (kind, unpack) in new[]
        {
            ("deb", "dpkg-deb --fsys-tarfile \"$0\" | tar -xO ./usr/bin/docker-guard-proxy"),
            ("rpm", "rpm2cpio \"$0\" | cpio -i --quiet --to-stdout ./usr/bin/docker-guard-proxy"),
            ("tarball", "tar -xOzf \"$0\" --wildcards '*/docker-guard-proxy'"),
        })
        {
            var packed = await RunAsync("bash", "-o", "pipefail", "-c", unpack + " | sha256sum", await Packages.Arm64Async(kind));
            Assert.Equal(built.Split(' ')[0], packed.Split(' ')[0]);
        }

        var versions = Asked().Matches(await RunAsync("readelf", "--version-info", "--wide", Program))
            .Select(match => new Version(match.Groups[1].Value)).Distinct().Order().ToArray();
        Assert.Equal(new Version(OldestGlibc), versions[^1]);
    }

    [Fact]
    public async Task It_says_what_the_one_for_this_machine_says()
    {
        await Packages.Arm64Async("deb");
        Assert.Equal(await RunAsync(Packages.Program, "--version"), await RunAsync([.. Emulated, "--version"]));
        Assert.Equal(await RunAsync(Packages.Program, "run", "--help"), await RunAsync([.. Emulated, "run", "--help"]));
        var file = Path.Combine(Machine.Repository, "config/docker-guard-proxy.json");
        Assert.Equal(await RunAsync(Packages.Program, "check-config", file), await RunAsync([.. Emulated, "check-config", file]));
    }

    [Fact]
    public async Task It_guards_the_incident()
    {
        await Packages.Arm64Async("deb");
        var folder = Directory.CreateDirectory(Machine.NewPath("a")).FullName;
        var (config, socket, listen, admin) = ($"{folder}/config.json", $"{folder}/engine.sock", $"{folder}/docker.sock", $"{folder}/admin.sock");
        ProxySettings.Write(config, Options);
        var procfs = Directory.CreateDirectory($"{folder}/proc").FullName;
        await using var engine = await SimulatedEngine.StartAsync(
            socket, SimulatedEngineOptions.Leaky with { Time = TimeProvider.System, Processes = new SimulatedProcfs(procfs) });
        var play = await SimulatedPlay.PrepareAsync(engine);
        using var proxy = Daemon.Start(
            $"{folder}/log",
            [.. Emulated, "run", "--config", config, "--listen", listen, "--engine", socket, "--admin", admin, "--procfs", procfs],
            new Dictionary<string, string> { ["RUNTIME_DIRECTORY"] = folder, ["STATE_DIRECTORY"] = folder });
        try
        {
            var ready = await Poll.UntilAsync(() => proxy.HasExited || UnixSocket.Listens(listen), TimeSpan.FromMinutes(2));
            Assert.True(ready is not null && !proxy.HasExited, proxy.Tail());
            Figures.Record("emulated, from start to listening", ready.Value);
            var status = new ProxyStatus(admin, TimeProvider.System);
            await status.KnowsAsync(containers: 2, CancellationToken.None);
            var half = await new StopPlayer(Options, TimeProvider.System, static (_, _, _, _, _) => { })
                .PlayAsync("guarded", play, listen, static () => null, () => status.StuckAsync(CancellationToken.None), CancellationToken.None);

            Figures.Record("emulated, stops asked for, reached the engine, told why", $"{half.Asked}, {half.Reached}, {half.Answers.Refused}");
            Assert.InRange(half.Reached, 1, 3);
            Assert.True(half.Answers.Refused > half.Asked / 2, proxy.Tail());
            Assert.Contains("at percpu_rwsem_wait on ext4", Assert.Single(half.Answers.Refusals).Text, StringComparison.Ordinal);
            Assert.NotNull(half.OtherStop);
            Assert.NotNull(half.Recovery);
        }
        finally
        {
            proxy.Signal(15);
            if (await proxy.WaitAsync(TimeSpan.FromSeconds(30)) is null) proxy.Signal(9);
        }
    }

    /// <summary>The program by qemu's user mode, with the glibc that it was linked against.</summary>
    private static string[] Emulated => ["qemu-aarch64-static", "-L", Path.Combine(Machine.Repository, "artifacts/sysroot-arm64"), Program];

    private static async Task<string> RunAsync(params string[] command)
    {
        var result = await Command.RunAsync(command, limit: TimeSpan.FromMinutes(2));
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', command)}\n{result.Output}\n{result.Error}");
        return result.Output.TrimEnd();
    }

    [GeneratedRegex(@"Name: GLIBC_([0-9.]+)")]
    private static partial Regex Asked();
}
