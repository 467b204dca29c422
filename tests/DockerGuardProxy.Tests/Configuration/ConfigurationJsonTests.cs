using DockerGuardProxy.Calls;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Guard;
using Xunit;

namespace DockerGuardProxy.Tests.Configuration;

public sealed class ConfigurationJsonTests
{
    [Fact]
    public void Reads_back_what_it_writes()
    {
        var configuration = ConfigurationSamples.AllChanged;

        var loaded = ConfigurationLoader.LoadAlone(ConfigurationJson.Write(configuration), "test");

        Assert.Empty(loaded.Errors);
        Assert.Empty(ConfigurationJson.Compare(configuration, loaded.Configuration));
        Assert.Equal(configuration.Listen, loaded.Configuration.Listen);
        Assert.Equal([TimeSpan.FromMilliseconds(1500)], loaded.Configuration.Guard.Policies.For(Operation.Kill).Backoff);
        var restart = loaded.Configuration.Guard.Policies.For(Operation.Restart);
        Assert.Equal((5, 0), (restart.MaxInFlight, restart.MaxWaitingPerContainer));
    }

    [Fact]
    public void Compares_key_by_key()
    {
        var changed = ProxyConfiguration.Default with
        {
            Guard = new GuardOptions(
                GuardPolicy.Default with { Patience = TimeSpan.FromSeconds(20) },
                GuardOptions.Default.Overrides.With(Operation.Stop, ConfigurationSamples.Overrides(p => p with { MaxInFlight = 1 }, "maxInFlight"))),
            Listen = ListenOptions.Default with { Group = "a\nb" },
        };
        Assert.Equal(
            [
                """listen.group: "docker" -> "a\nb" """.TrimEnd(),
                """guard.patience: "11s" -> "20s" """.TrimEnd(),
                "guard.policies.stop.maxInFlight: (not set) -> 1",
            ],
            ConfigurationJson.Compare(ProxyConfiguration.Default, changed).Select(c => c.ToString()));
        Assert.Empty(ConfigurationJson.Compare(changed, changed with { }));
    }
}
