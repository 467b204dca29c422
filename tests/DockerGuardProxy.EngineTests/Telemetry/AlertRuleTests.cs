using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Telemetry;

public sealed class AlertRuleTests
{
    [Theory]
    [InlineData("check", "alerts.yaml")]
    [InlineData("test", "alerts.test.yaml")]
    public async Task The_rules_that_ship_are_valid_and_fire_when_they_should(string verb, string file)
    {
        var result = await Command.RunAsync(["promtool", verb, "rules", Path.Combine(ShippedQueries.Folder, file)]);
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
    }
}
