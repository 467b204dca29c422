using System.Diagnostics.Metrics;
using DockerGuardProxy.Engine;

namespace DockerGuardProxy.Telemetry;

/// <summary>How the engine's process is doing; what can't be read has no series.</summary>
internal sealed class EngineGauges
{
    public EngineGauges(Instrumentation instrumentation, EngineVitalsWatch watch, ContainerIndex index)
    {
        var meter = instrumentation.Meter;
        meter.CreateObservableGauge("docker_guard.engine.up", () => index.IsReady ? 1 : 0, null, "1 while the engine answers and its events come.");
        meter.CreateObservableCounter(
            "docker_guard.index.losses", () => index.Losses, "{loss}",
            "How often the index of containers lost the engine; calls were forwarded as they came.");
        meter.CreateObservableGauge("docker_guard.engine.fds", () => One(watch.Vitals.Descriptors), "{fd}", "Open descriptors of the engine.");
        meter.CreateObservableGauge(
            "docker_guard.engine.fds.limit", () => One(watch.Vitals.DescriptorLimit), "{fd}", "The engine's own limit of descriptors.");
        meter.CreateObservableGauge("docker_guard.host.fds", () => One(watch.Vitals.HostDescriptors), "{fd}", "Open descriptors of the host.");
        meter.CreateObservableGauge(
            "docker_guard.host.fds.limit", () => One(watch.Vitals.HostDescriptorLimit), "{fd}", "The host's limit of descriptors.");
        meter.CreateObservableGauge("docker_guard.engine.memory", () => One(watch.Vitals.MemoryBytes), "By", "Resident memory of the engine.");
        meter.CreateObservableGauge(
            "docker_guard.engine.connections", () => One(watch.Vitals.Connections?.Open), "{connection}",
            "Connections that the engine holds on its socket.");
        meter.CreateObservableGauge(
            "docker_guard.engine.connections.peerless", () => One(watch.Vitals.Connections?.Peerless), "{connection}",
            "Of the engine's connections those whose client is gone.");
        meter.CreateObservableGauge(
            "docker_guard.engine.goroutines", () => One(watch.Info?.Goroutines), "{goroutine}",
            "Goroutines of the engine, if it runs in debug mode.");
        meter.CreateObservableGauge(
            "docker_guard.execs.running", () => index.Execs.Read().Sum(execs => execs.Count), "{exec}", "Execs that run in containers.");
        meter.CreateObservableGauge(
            "docker_guard.execs.running.max", () => index.Execs.Read().Select(execs => execs.Count).DefaultIfEmpty().Max(), "{exec}",
            "Those of the container with the most.");
        meter.CreateObservableCounter(
            "docker_guard.engine.restarts", () => watch.Restarts, "{restart}", "How often the engine was another process than before.");
        meter.CreateObservableGauge("docker_guard.engine.info", () => Info(watch.Info), null, "1, with what the engine is as attributes.");
    }

    private static IEnumerable<Measurement<long>> One(long? value) => value is { } known ? [new Measurement<long>(known)] : [];

    private static IEnumerable<Measurement<int>> Info(EngineInfo? info) => info?.Version is { } version
        ?
        [
            new Measurement<int>(
                1,
                new KeyValuePair<string, object?>(Keys.EngineVersion, version),
                new KeyValuePair<string, object?>(
                    Keys.LeaksForEver, EngineVersion.LeaksForEver(version) switch { true => "yes", false => "no", _ => "unknown" })),
        ]
        : [];
}
