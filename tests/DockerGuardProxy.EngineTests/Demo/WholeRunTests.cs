using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Xml.Linq;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Demo;

/// <summary>The demo from begin to end.</summary>
public sealed class WholeRunTests
{
    [Fact]
    public async Task Two_at_once_show_all_and_keep_to_themselves()
    {
        using var collector = new TcpListener(IPAddress.Loopback, 0);
        collector.Start();
        await using DemoProcess one = new(), other = new();
        var state = Directory.CreateDirectory(Path.Combine(one.Temporary, "state")).FullName;
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://{collector.LocalEndpoint}",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "500",
            ["RUNTIME_DIRECTORY"] = state,
            ["STATE_DIRECTORY"] = state,
            ["DOCKER_GUARD_PROXY__GUARD__MODE"] = "off",
            ["ASPNETCORE_URLS"] = $"http://{collector.LocalEndpoint}",
        })
        {
            one.Environment[name] = value;
        }

        var clock = System.Diagnostics.Stopwatch.StartNew();
        one.Start();
        other.Start();
        foreach (var demo in new[] { one, other })
        {
            Assert.Equal((0, ""), (await demo.EndAsync(), string.Join('\n', demo.Errors)));
            AssertShown(demo);
        }

        Figures.Record("two demos at once", clock.Elapsed);
        Assert.False(collector.Pending());
        Directory.Delete(state);
        one.AssertClean();
        other.AssertClean();
    }

    [Fact]
    public async Task A_scenario_alone_shows_its_status_whole()
    {
        await using DemoProcess ofLock = new() { Picture = null }, ofStreams = new() { Picture = null };
        ofLock.Start("--scenario", "lock");
        ofStreams.Start("--scenario", "streams");
        foreach (var demo in new[] { ofLock, ofStreams })
        {
            Assert.Equal((0, ""), (await demo.EndAsync(), string.Join('\n', demo.Errors)));
            demo.AssertClean();
        }

        Assert.Contains(ofLock.Output, static line => line.StartsWith("  SLOW LOCK k8s_app_web-0 (", StringComparison.Ordinal));
        Assert.Contains(ofLock.Output, static line => line.StartsWith("    held by       probably pause of pid ", StringComparison.Ordinal));
        AssertLock(ofLock.Output);
        Assert.StartsWith("lock     ", ofLock.Output[^1], StringComparison.Ordinal);
        Assert.Contains("docker-guard-proxy status, before the client read on:", ofStreams.Output);
        AssertStreams(ofStreams.Output);
        Assert.StartsWith("streams  ", ofStreams.Output[^1], StringComparison.Ordinal);
    }

    private static void AssertShown(DemoProcess demo)
    {
        var output = demo.Output;
        var view = output.SkipWhile(static line => line != "docker-guard-proxy status, while it was stuck:").ToArray();
        Assert.Contains(view, static line => line.StartsWith("  STUCK k8s_app_web-0 (", StringComparison.Ordinal));
        Assert.Contains(view, static line => line.Contains("(writer) in D at percpu_rwsem_wait on ext4 /dev/sdb1", StringComparison.Ordinal));
        Assert.Contains(output, static line => line.StartsWith("What callers read (", StringComparison.Ordinal));
        Assert.Contains(output, static line => line.StartsWith("  container k8s_app_web-0 (", StringComparison.Ordinal));

        // "label, direct, guarded"
        var (direct, guarded) = Row(output, "open in the engine at the worst");
        Assert.InRange(guarded, 1, direct / 10);
        Assert.Contains($"Picture: {demo.Picture}", output);
        Assert.Equal("svg", XDocument.Load(demo.Picture!).Root!.Name.LocalName);
        Figures.Record("open calls at the worst, direct and guarded", $"{direct} {guarded}");

        AssertLock(output);
        AssertStreams(output);
        Assert.Equal(["stop", "lock", "streams"], output.TakeLast(3).Select(static line => line.Split(' ')[0]));
        Assert.Equal("", output[^4]);
    }

    private static void AssertLock(IReadOnlyList<string> output)
    {
        foreach (var label in (string[])["callers gone: goroutines more than before", "  descriptors more than before"])
        {
            var (direct, guarded) = Row(output, label);
            Assert.InRange(guarded, 1, direct / 2);
            Figures.Record($"lock, {label.Trim()}, direct and guarded", $"{direct} {guarded}");
        }

        Assert.Equal(2, Cells(output, "lock free: answer to the one who waited").Count(static cell => cell.EndsWith(" s", StringComparison.Ordinal)));
    }

    private static void AssertStreams(IReadOnlyList<string> output)
    {
        var told = Cells(output, "killed: the engine tells of the end after");
        Assert.Equal("not in 8 s", told[0]);
        Assert.Matches(@"^\d+\.\d\d s$", told[1]);
        Assert.Contains(output, static line => line.Contains(") does not read its attach of", StringComparison.Ordinal));
        Figures.Record("streams, kill until the end is told, guarded", told[1]);
    }

    private static (int Direct, int Guarded) Row(IReadOnlyList<string> output, string label)
    {
        var cells = Cells(output, label);
        return (int.Parse(cells[0], NumberStyles.AllowLeadingSign | NumberStyles.AllowThousands), int.Parse(cells[1], NumberStyles.AllowLeadingSign));
    }

    /// <summary>Both columns of a row.</summary>
    private static string[] Cells(IReadOnlyList<string> output, string label)
    {
        var row = Assert.Single(output, line => line.StartsWith(label, StringComparison.Ordinal))[label.Length..];
        return [row[..^12].Trim(), row[^12..].Trim()];
    }
}
