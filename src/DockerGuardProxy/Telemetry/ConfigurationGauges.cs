using System.Diagnostics.Metrics;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Guard;

namespace DockerGuardProxy.Telemetry;

/// <summary>Whether the configuration that an operator asked for is the one in use.</summary>
internal sealed class ConfigurationGauges
{
    public ConfigurationGauges(Instrumentation instrumentation, ConfigurationStore store)
    {
        var meter = instrumentation.Meter;
        meter.CreateObservableGauge(
            "docker_guard.configuration.valid", () => store.Status.Failure is null ? 1 : 0, null,
            "1 while the configuration file is in use, 0 while an older one is.");
        meter.CreateObservableGauge(
            "docker_guard.configuration.mode", () => Mode(store.Current.Guard.Policies.Guard.Mode), null,
            "1, with the guard's mode as its attribute.");
    }

    private static Measurement<int> Mode(GuardMode mode) => new(1, new KeyValuePair<string, object?>(Keys.Mode, Words.Of(mode)));
}
