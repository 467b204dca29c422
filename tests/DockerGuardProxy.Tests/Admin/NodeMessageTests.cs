using System.Text.Json;
using DockerGuardProxy.Admin;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Tests.Configuration;
using Xunit;

namespace DockerGuardProxy.Tests.Admin;

public sealed class NodeMessageTests
{
    [Fact]
    public async Task A_quiet_node_is_healthy()
    {
        await using var rig = new AdminRig();
        rig.Guard.Kill();
        Assert.Equal("no container is stuck", NodeMessage.Of(rig.Source.Read()));
    }

    [Fact]
    public async Task It_names_what_is_stuck_and_what_holds_it_and_stays_the_same()
    {
        await using var rig = new AdminRig();
        rig.BecomeStuck();
        var message = NodeMessage.Of(rig.Source.Read());
        Assert.Equal("stuck web: touch (D) percpu_rwsem_wait", message);
        rig.Guard.Advance(100);
        Assert.Equal(message, NodeMessage.Of(rig.Source.Read()));
    }

    [Fact]
    public async Task Where_the_kernel_hides_the_function_the_file_system_tells()
    {
        await using var rig = new AdminRig();
        rig.BecomeStuck(DiagnosisKind.DState, new StuckTask(77, 77, 1, "touch", 'D', "", "nfs4 server:/export"));
        Assert.Equal("stuck web: touch (D) nfs4 server:/export", NodeMessage.Of(rig.Source.Read()));
    }

    [Fact]
    public async Task A_pod_is_named_by_its_own_name()
    {
        await using var rig = new AdminRig();
        rig.Guard.Container = rig.Guard.Container with { Pod = new Pod("shop", "web-0", null) };
        rig.BecomeStuck(DiagnosisKind.ExitLost, []);
        Assert.StartsWith("stuck shop/web-0: ", NodeMessage.Of(rig.Source.Read()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1500)]
    public async Task It_never_has_more_than_80_bytes_nor_a_second_line(int containers)
    {
        await using var rig = new AdminRig();
        rig.Guard.Container = rig.Guard.Container with { Name = new string('x', 200) + "\n\u00e9\e[31m" };
        rig.BecomeStuck();
        var status = rig.Source.Read();
        status = status with { Containers = [.. Enumerable.Repeat(status.Containers[0], containers)] };
        var message = NodeMessage.Of(status);
        Assert.Equal(NodeMessage.MaxLength, message.Length);
        Assert.All(message, letter => Assert.InRange(letter, ' ', '~'));
        Assert.EndsWith(containers > 1 ? "~ +1499 more" : "~", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_plugin_file_says_the_same()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(ShippedFileTests.Find("packaging/node-problem-detector/docker-guard-proxy.json")));
        var config = json.RootElement.GetProperty("pluginConfig");
        Assert.Equal(NodeMessage.MaxLength, config.GetProperty("max_output_length").GetInt32());
        var condition = Assert.Single(json.RootElement.GetProperty("conditions").EnumerateArray());
        Assert.Equal(
            ("DockerContainerStuck", NodeMessage.Healthy), (condition.GetProperty("type").GetString(), condition.GetProperty("message").GetString()));
        var rule = Assert.Single(json.RootElement.GetProperty("rules").EnumerateArray());
        Assert.Equal(("permanent", "DockerContainerStuck"), (rule.GetProperty("type").GetString(), rule.GetProperty("condition").GetString()));
        Assert.Equal("check-node", Assert.Single(rule.GetProperty("args").EnumerateArray()).GetString());
    }
}
