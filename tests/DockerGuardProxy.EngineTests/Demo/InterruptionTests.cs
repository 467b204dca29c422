using System.Runtime.InteropServices;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Demo;

/// <summary>Whatever ends the demo half-way, nothing is left of it, and one line says so.</summary>
public sealed class InterruptionTests
{
    private const string Earlier = "the picture of an earlier run";

    /// <summary>The line at which the signal comes, and the signal.</summary>
    public static TheoryData<string, int> Moments => new()
    {
        { "A container hangs", DemoProcess.Interrupt },
        { "A container hangs", DemoProcess.Hangup },
        { "1. Callers on", DemoProcess.Terminate },
        { "  direct ", DemoProcess.Quit },
    };

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_signal_in_the_first_half_leaves_nothing(string line, int signal)
    {
        await using var demo = new DemoProcess();
        await AssertInterruptedAsync(demo, line, signal);
    }

    [Fact]
    public async Task A_signal_in_the_guarded_half_leaves_nothing()
    {
        // All at once: each has to play its first half.
        await using DemoProcess starting = new(), interrupted = new(), terminated = new(), hungUp = new(), orphaned = new();
        await Task.WhenAll(
            AssertInterruptedAsync(starting, "2. The same callers", DemoProcess.Interrupt),
            AssertInterruptedAsync(interrupted, "  guarded ", DemoProcess.Interrupt),
            AssertInterruptedAsync(terminated, "  guarded ", DemoProcess.Terminate),
            AssertInterruptedAsync(hungUp, "  guarded ", DemoProcess.Hangup),
            AssertOrphanedAsync(orphaned));
    }

    [Theory]
    [InlineData("lock", "A container's shim", DemoProcess.Interrupt)]
    [InlineData("streams", "A client attaches", DemoProcess.Terminate)]
    public async Task A_signal_in_another_scenario_leaves_nothing(string scenario, string line, int signal)
    {
        await using var demo = new DemoProcess { Picture = null };
        await demo.Start("--scenario", scenario).PrintsAsync(line);
        await Poll.UntilAsync(() => demo.Proxies().Count > 0, TimeSpan.FromMinutes(1), everyMs: 10);
        Assert.Equal(128 + signal, await demo.EndBySignalsAsync(signal));
        Assert.Single(demo.Errors, static error => error.StartsWith("docker-guard-proxy-demo: interrupted by SIG", StringComparison.Ordinal));
        demo.AssertClean();
    }

    [Fact]
    public async Task A_reader_who_leaves_ends_it()
    {
        await using var demo = new DemoProcess();
        var result = await Command.RunAsync(
            ["bash", "-c", "\"$0\" --picture \"$1\" | head -n 3; exit ${PIPESTATUS[0]}", DemoProcess.Program, demo.Picture!],
            demo.Environment,
            TimeSpan.FromMinutes(4));
        Assert.Equal(
            (141, "docker-guard-proxy-demo: nobody reads the output any more; everything is cleaned up\n"), (result.ExitCode, result.Error));
        demo.AssertClean();
        Assert.False(File.Exists(demo.Picture));
    }

    [Fact]
    public async Task A_signal_that_was_ignored_from_the_beginning_stays_ignored()
    {
        await using var demo = new DemoProcess();
        var result = await Command.RunAsync(
            ["bash", "-c", """
                trap '' HUP
                : >"$2/out"
                "$0" --picture "$1" >"$2/out" & demo=$!
                until grep -q '^1. ' "$2/out"; do sleep 0.05; done
                kill -HUP $demo
                until grep -q '^  direct ' "$2/out"; do kill -0 $demo || break; sleep 0.05; done
                kill -TERM $demo
                wait $demo
                code=$?
                rm "$2/out"
                exit $code
                """, DemoProcess.Program, demo.Picture!, demo.Folder],
            demo.Environment,
            TimeSpan.FromMinutes(4));
        Assert.Equal((143, Line(PosixSignal.SIGTERM) + "\n"), (result.ExitCode, result.Error));
        demo.AssertClean();
    }

    private static async Task AssertInterruptedAsync(DemoProcess demo, string line, int signal)
    {
        await File.WriteAllTextAsync(demo.Picture!, Earlier);
        await demo.Start().PrintsAsync(line);
        Assert.Equal(128 + signal, await demo.EndBySignalsAsync(signal));
        Assert.Equal([Line(signal switch
        {
            DemoProcess.Hangup => PosixSignal.SIGHUP,
            DemoProcess.Interrupt => PosixSignal.SIGINT,
            DemoProcess.Quit => PosixSignal.SIGQUIT,
            _ => PosixSignal.SIGTERM,
        })], demo.Errors);
        demo.AssertClean();
        Assert.Equal(Earlier, await File.ReadAllTextAsync(demo.Picture!));
    }

    private static async Task AssertOrphanedAsync(DemoProcess demo)
    {
        await demo.Start().PrintsAsync("  guarded ");
        using (var proxy = System.Diagnostics.Process.GetProcessById(Assert.Single(demo.Proxies()))) proxy.Kill();
        Assert.Equal(1, await demo.EndAsync());
        Assert.StartsWith("docker-guard-proxy-demo: the proxy ended meanwhile, exit code 137", Assert.Single(demo.Errors), StringComparison.Ordinal);
        demo.AssertClean();
        Assert.False(File.Exists(demo.Picture));
    }

    private static string Line(PosixSignal signal) => $"docker-guard-proxy-demo: interrupted by {signal}; everything is cleaned up";
}
