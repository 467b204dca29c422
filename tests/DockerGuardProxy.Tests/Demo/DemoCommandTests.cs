using DockerGuardProxy.Demo;
using Xunit;

namespace DockerGuardProxy.Tests.Demo;

public sealed class DemoCommandTests
{
    [Theory]
    [InlineData("")]
    [InlineData("--scenario stop --picture some.svg")]
    [InlineData("--scenario lock")]
    [InlineData("--scenario streams")]
    [InlineData("--real --engine /run/docker.sock --scenario stop")]
    [InlineData("--real --scenario lock")]
    [InlineData("--real --scenario streams")]
    public void What_can_be_played_is_taken(string arguments) => Assert.Empty(Errors(arguments));

    [Theory]
    [InlineData("--scenario lock --picture some.svg", "--picture goes with stop: no picture is drawn of the other scenarios")]
    [InlineData("--engine /run/docker.sock", "--engine goes with --real: without it a simulated engine is played on")]
    public void What_does_not_go_together_is_told(string arguments, string error) => Assert.Equal([error], Errors(arguments));

    [Theory]
    [InlineData("--scenario other")]
    [InlineData("--scenario other --picture some.svg --real")]
    [InlineData("--scenario")]
    public void A_scenario_that_is_none_is_told(string arguments) => Assert.NotEmpty(Errors(arguments));

    private static string[] Errors(string arguments)
    {
        using var interruption = new Interruption();
        var parsed = DemoCommand.Create(interruption).Parse(arguments);
        return [.. parsed.Errors.Select(static error => error.Message)];
    }
}
