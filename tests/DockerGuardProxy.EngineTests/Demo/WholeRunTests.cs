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

        one.Start();
        other.Start();
        foreach (var demo in new[] { one, other })
        {
            Assert.Equal((0, ""), (await demo.EndAsync(), string.Join('\n', demo.Errors)));
            AssertShown(demo);
        }

        Assert.False(collector.Pending());
        Directory.Delete(state);
        one.AssertClean();
        other.AssertClean();
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
        Assert.Equal($"Picture: {demo.Picture}", output[^1]);
        Assert.Equal("svg", XDocument.Load(demo.Picture).Root!.Name.LocalName);
        Figures.Record("open calls at the worst, direct and guarded", $"{direct} {guarded}");
    }

    private static (int Direct, int Guarded) Row(IReadOnlyList<string> output, string label)
    {
        var cells = Assert.Single(
            output, line => line.StartsWith(label, StringComparison.Ordinal))[label.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return (int.Parse(cells[0]), int.Parse(cells[1]));
    }
}
