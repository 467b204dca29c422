using System.Diagnostics;
using System.Net.Sockets;
using System.Text.Json;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.EngineTests.Guard;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Admin;

/// <summary>The doctor on real engines: nothing to cure where nothing is wrong, and each trouble found where it is made.</summary>
public sealed class DoctorTests
{
    private static readonly string[] Forever = ["sleep", "1000000"];
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    [Theory]
    [InlineData(Dockerd.Installed)]
    [InlineData(Dockerd.Newer)]
    public async Task Where_all_is_well_there_is_no_problem(string version)
    {
        await using var engine = await Dockerd.StartAsync(version);
        await using var proxy = await Proxy.StartAsync(engine);
        await proxy.ReadyAsync();
        await proxy.Api.RunAsync("well", Forever, Bind(proxy.Socket));

        var (code, report) = await AskAsync(proxy);
        Assert.Equal((0, 0, 0), (code, report.Problems, report.Unknown));
        foreach (var check in new[]
        {
            "proxy", "socket", "engine", "engine-version", "engine-process", "proc", "cgroup", "clients", "connections", "goroutines", "containers",
        })
        {
            Assert.Equal((check, "ok"), (check, report.Findings.Single(finding => finding.Check == check).Level));
        }
        var text = await Command.RunAsync([Proxy.Program, "doctor", "--admin", proxy.AdminSocket]);
        TestContext.Current.TestOutputHelper!.WriteLine(text.Output);
        Assert.EndsWith("\nNo problem.\n", text.Output, StringComparison.Ordinal);
        Assert.Equal((0, ""), (text.ExitCode, text.Error));
        IsReadable(text.Output);
    }

    [Fact]
    public async Task Each_trouble_is_found_with_its_cure()
    {
        await using var engine = await Dockerd.StartAsync(Dockerd.Leaky);
        await using var proxy = await Proxy.StartAsync(engine);
        await proxy.ReadyAsync();
        await using var stuck = await IncidentContainer.StartAsync(engine, "stuck");
        var folder = Path.Combine(engine.Folder, "bound");
        Directory.CreateDirectory(folder);

        // 1. Containers that have bound the engine's own socket, and one that is gone meanwhile.
        var old = Path.Combine(folder, "docker.sock");
        using (var served = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            served.Bind(new UnixDomainSocketEndPoint(old));
            await engine.Api.RunAsync("old", Forever, Bind(old));
        }

        File.Delete(old);
        await engine.Api.RunAsync("direct", Forever, Bind(engine.Socket));

        // 2. A client that stays on the engine's own socket, and a kubelet that is pointed there.
        using var stays = await engine.Api.SendAsync(HttpMethod.Get, "/events");
        File.Copy("/bin/bash", Path.Combine(folder, "kubelet"));
        using var kubelet = Process.Start(
            new ProcessStartInfo(Path.Combine(folder, "kubelet"), ["-c", "read -r x", "--docker-endpoint=unix://" + engine.Socket])
            {
                RedirectStandardInput = true,
            })!;
        try
        {
            // 3. Retries that bypass the proxy, whose clients give up.
            var answers = await engine.Api.RetryAsync(
                _ => ("POST", $"/containers/{stuck.Name}/stop?t=1"), 5, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(3));
            Assert.All(answers, answer => Assert.Equal(0, answer.Status));
            Assert.NotNull(await Poll.UntilAsync(
                async () =>
                {
                    await engine.Api.PostAsync("/containers/direct/kill?signal=CONT");
                    return (await proxy.StatusAsync()).Calls.LastBypass?.Name == "direct";
                },
                Limit, everyMs: 1000));
            Assert.NotNull(await proxy.BecomesAsync(status => status.Engine.PeerlessConnections == 5, Limit));

            var clock = Stopwatch.StartNew();
            var (code, report) = await AskAsync(proxy);
            Figures.Record("doctor took", clock.Elapsed);
            Assert.Equal(1, code);
            Finds(report, "engine-version", "20.10.5");
            Finds(report, "clients", $"(pid {Environment.ProcessId})");
            Finds(report, "signals", "to direct (");
            Finds(report, "connections", "keeps 5 connections");
            Finds(report, "goroutines", "5 of the engine's goroutines");
            Finds(report, "kubelet", $"pid {kubelet.Id} uses unix://{engine.Socket}, the engine's own socket");
            var bound = report.Findings.Where(finding => finding is { Check: "containers", Level: "problem" }).Select(finding => finding.Text)
                .ToArray();
            Assert.Contains(
                bound,
                text => text.StartsWith("old (", StringComparison.Ordinal)
                    && text.EndsWith("no socket that anybody serves", StringComparison.Ordinal));
            Assert.Contains(
                bound,
                text => text.StartsWith("direct (", StringComparison.Ordinal) && text.EndsWith("the engine's own socket", StringComparison.Ordinal));
            Assert.Equal(8, report.Problems);
            Assert.All(report.Findings.Where(finding => finding.Level == "problem"), finding => Assert.NotNull(finding.Cure));
            var text = await Command.RunAsync([Proxy.Program, "doctor", "--admin", proxy.AdminSocket]);
            Assert.EndsWith("\n8 problems.\n", text.Output, StringComparison.Ordinal);
            IsReadable(text.Output);
            TestContext.Current.TestOutputHelper!.WriteLine(text.Output);

            // 4. Without the proxy it goes by the configuration.
            Assert.Equal(0, await proxy.StopAsync(TimeSpan.FromSeconds(20)));
            (code, report) = await AskAsync(proxy);
            Assert.Equal(1, code);
            Finds(report, "proxy", "no such socket");
            Finds(report, "engine-version", "20.10.5");
            Finds(report, "connections", "connections whose clients are gone");
            Assert.Equal("ok", report.Findings.Single(finding => finding.Check == "engine-process").Level);
        }
        finally
        {
            kubelet.StandardInput.Close();
            await kubelet.WaitForExitAsync();
        }
    }

    private static Dictionary<string, object> Bind(string socket) =>
        new() { ["HostConfig"] = new { Binds = new[] { socket + ":/var/run/docker.sock" }, NetworkMode = "none" } };

    private static async Task<(int Code, DoctorReport Report)> AskAsync(Proxy proxy)
    {
        var result = await Command.RunAsync([Proxy.Program, "doctor", "--json", "--admin", proxy.AdminSocket, "--config", proxy.ConfigFile]);
        Assert.Equal("", result.Error);
        TestContext.Current.TestOutputHelper!.WriteLine(result.Output);
        return (result.ExitCode, JsonSerializer.Deserialize(result.Output, ReportJson.Default.DoctorReport)!);
    }

    private static void Finds(DoctorReport report, string check, string text) =>
        Assert.Contains(
            report.Findings,
            finding => finding.Check == check && finding.Level == "problem" && finding.Text.Contains(text, StringComparison.Ordinal));

    private static void IsReadable(string text) =>
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 80 && line.All(c => c is >= ' ' and <= '~'), line));
}
