using System.Diagnostics.Metrics;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Telemetry;

/// <summary>What the ledger holds, looked at when somebody collects.</summary>
internal sealed class LedgerGauges
{
    /// <summary>Series that name a container: as many as a page shows, and no more than a metrics store likes.</summary>
    private const int MaxNamed = 20;

    public LedgerGauges(Instrumentation instrumentation, Ledger ledger)
    {
        var meter = instrumentation.Meter;
        meter.CreateObservableUpDownCounter(
            "docker_guard.calls.open", () => Open(ledger.Snapshot()), "{call}", "Terminating calls sent to the engine and not answered.");
        meter.CreateObservableUpDownCounter(
            "docker_guard.calls.waiting", () => ledger.Snapshot().WaitingCalls, "{call}", "Callers that are held or have joined another call.");
        meter.CreateObservableGauge(
            "docker_guard.calls.oldest", () => ledger.Snapshot().OldestOpen?.TotalSeconds ?? 0, "s", "Age of the oldest open terminating call.");
        meter.CreateObservableCounter(
            "docker_guard.calls.saved", () => ledger.Snapshot().CallsSaved, "{call}", "Calls that ended without being sent to the engine.");
        meter.CreateObservableGauge(
            "docker_guard.containers.stuck", () => ledger.Snapshot().Containers.Count(container => container.IsStuck), "{container}",
            "Containers that SIGKILL cannot end.");
        meter.CreateObservableGauge(
            "docker_guard.stuck.since", () => Stuck(ledger.Snapshot()), "s",
            "Since when a container is stuck, in seconds since 1970; the longest-stuck twenty.");
    }

    private static IEnumerable<Measurement<int>> Open(GuardSnapshot guard) => guard.OpenByOperation.Select(
        open => new Measurement<int>(open.Value, new KeyValuePair<string, object?>(Keys.Operation, Words.Of(open.Key))));

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
