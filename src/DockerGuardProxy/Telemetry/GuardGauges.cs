using System.Diagnostics.Metrics;
using DockerGuardProxy.Admin;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Telemetry;

/// <summary>What the guard holds and has counted, looked at when somebody collects: there from the start, also where it is zero.</summary>
internal sealed class GuardGauges
{
    /// <summary>Series that name a container: as many as a page shows, and no more than a metrics store likes.</summary>
    private const int MaxNamed = 20;

    public GuardGauges(Instrumentation instrumentation, Ledger ledger, PileUpWatch pileUp, BypassWatch bypass, FaultCount faults)
    {
        var meter = instrumentation.Meter;
        meter.CreateObservableUpDownCounter(
            "docker_guard.calls.open", () => Open(ledger.Snapshot(), pileUp), "{call}",
            "Calls sent to the engine and not answered, of the kinds that pile up.");
        meter.CreateObservableUpDownCounter(
            "docker_guard.calls.waiting", () => ledger.Snapshot().WaitingCalls, "{call}", "Callers that are held or have joined another call.");
        meter.CreateObservableGauge(
            "docker_guard.calls.oldest", () => Oldest(ledger.Snapshot(), pileUp), "s", "Age of the oldest open call of a kind.");
        meter.CreateObservableCounter(
            "docker_guard.calls.saved", () => ledger.Snapshot().CallsSaved, "{call}", "Calls that ended without being sent to the engine.");
        meter.CreateObservableCounter(
            "docker_guard.calls.bypassed", () => bypass.Read().Count, "{event}", "Signals that the engine sent to containers for clients who go round the proxy.");
        meter.CreateObservableCounter(
            "docker_guard.faults", () => faults.Value, "{fault}", "Faults of the guard's own; the calls were forwarded.");
        meter.CreateObservableCounter(
            "docker_guard.probe.blind", () => ledger.Snapshot().BlindLooks, "{look}", "Looks at a container that could not tell whether SIGKILL will work.");
        meter.CreateObservableGauge(
            "docker_guard.containers.stuck", () => ledger.Snapshot().Containers.Count(container => container.IsStuck), "{container}",
            "Containers that SIGKILL cannot end.");
        meter.CreateObservableGauge(
            "docker_guard.stuck.since", () => Stuck(ledger.Snapshot()), "s",
            "Since when a container is stuck, in seconds since 1970; the longest-stuck twenty.");
    }

    private static IEnumerable<Measurement<int>> Open(GuardSnapshot guard, PileUpWatch pileUp) =>
    [
        .. guard.OpenByOperation.Select(open => new Measurement<int>(open.Count, Of(Words.Of(open.Operation)))),
        .. pileUp.Open().Select(open => new Measurement<int>(open.Count, Of(Words.Of(open.Kind)))),
    ];

    private static IEnumerable<Measurement<double>> Oldest(GuardSnapshot guard, PileUpWatch pileUp) =>
    [
        .. guard.OpenByOperation.Select(open => new Measurement<double>(open.Oldest.TotalSeconds, Of(Words.Of(open.Operation)))),
        .. pileUp.Open().Select(open => new Measurement<double>(open.Oldest.TotalSeconds, Of(Words.Of(open.Kind)))),
    ];

    private static KeyValuePair<string, object?> Of(string operation) => new(Keys.Operation, operation);

    private static IEnumerable<Measurement<double>> Stuck(GuardSnapshot guard) => guard.Containers
        .Where(container => container is { IsStuck: true, EvidenceSince: not null })
        .OrderBy(container => container.EvidenceSince)
        .Take(MaxNamed)
        .Select(container => new Measurement<double>(
            container.EvidenceSince!.Value.ToUnixTimeMilliseconds() / 1000.0,
            [
                new(Keys.ContainerName, container.Container.Name),
                new(Keys.Namespace, container.Container.Pod?.Namespace ?? ""),
                new(Keys.PodName, container.Container.Pod?.Name ?? ""),
                new(Keys.Diagnosis, Words.Of(container.Diagnosis?.Kind ?? DiagnosisKind.CannotTell)),
            ]));
}
