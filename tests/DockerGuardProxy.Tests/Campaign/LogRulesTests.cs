using DockerGuardProxy.Campaign.Chaos;
using DockerGuardProxy.Campaign.Check;
using Xunit;

namespace DockerGuardProxy.Tests.Campaign;

public sealed class LogRulesTests
{
    [Theory]
    [InlineData("fail: DockerGuardProxy.Guard.LedgerKeeper[1202] A fault inside the guard", 1202)]
    [InlineData("crit: DockerGuardProxy.Configuration.ConfigurationStore[1017] THE GUARD ONLY OBSERVES", 1017)]
    [InlineData("warn: DockerGuardProxy.Engine.ContainerLearner[401] The index of containers lost the engine", null)]
    [InlineData("info: DockerGuardProxy.Listen.ProxyServer[1102] fail: x[1] Listening", null)]
    public void Lines_at_error_and_critical_are_faults(string line, int? id) => Assert.Equal(id, LogRules.Fault(line));

    [Fact]
    public void Only_its_own_chaos_explains_an_event()
    {
        Assert.True(LogRules.IsExplained(1006, [ChaosKind.StateFull, ChaosKind.ConfigurationBroken]));
        Assert.False(LogRules.IsExplained(1006, [ChaosKind.StateFull]));
        Assert.False(LogRules.IsExplained(1202, Enum.GetValues<ChaosKind>()));
    }
}
