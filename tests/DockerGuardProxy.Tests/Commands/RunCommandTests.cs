using System.CommandLine;
using DockerGuardProxy.Commands;
using Xunit;

namespace DockerGuardProxy.Tests.Commands;

public sealed class RunCommandTests
{
    [Fact]
    public void Its_options_are_those_of_the_settings() =>
        Assert.Equal(
            ["--config", "--listen", "--engine", "--admin", "--log-level", "--procfs"],
            RunCommand.Create().Options.Select(option => option.Name));

    [Theory]
    [InlineData("debug", 0)]
    [InlineData("loud", 1)]
    public void A_level_that_there_is_not_is_refused(string level, int errors) =>
        Assert.Equal(errors, new RootCommand { RunCommand.Create() }.Parse(["run", "--log-level", level]).Errors.Count);

    [Fact]
    public void Values_are_settings_and_paths_are_made_absolute()
    {
        var result = new RootCommand { RunCommand.Create() }.Parse(["run", "--listen", "a.sock", "--log-level", "debug"]);
        Assert.Equal(
            [("listen.path", Path.GetFullPath("a.sock")), ("log.level", "debug")],
            RunCommand.SettingsOf(result).OrderBy(p => p.Key).Select(p => (p.Key, p.Value!)));
    }
}
