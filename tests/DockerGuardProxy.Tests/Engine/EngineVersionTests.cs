using DockerGuardProxy.Engine;
using Xunit;

namespace DockerGuardProxy.Tests.Engine;

public sealed class EngineVersionTests
{
    [Theory]
    [InlineData("18.09.1", true)]
    [InlineData("19.03.15", true)]
    [InlineData("20.10.5+dfsg1", true)]
    [InlineData("20.10.9", true)]
    [InlineData("20.10.10", false)]
    [InlineData("20.10.24+dfsg1", false)]
    [InlineData("26.1.5", false)]
    [InlineData("29.2.0-rc.1", false)]
    [InlineData("dev", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void The_versions_that_leak_for_ever_are_told_apart(string? version, bool? leaks) =>
        Assert.Equal(leaks, EngineVersion.LeaksForEver(version));
}
