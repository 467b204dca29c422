using System.Collections.Immutable;
using System.Diagnostics.Metrics;
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

    public GuardGauges(
        Instrumentation instrumentation, LedgerKeeper ledger, PileUpWatch pileUp, BypassWatch bypass, FaultCount faults, TimeProvider time)
    {
        var meter = instrumentation.Meter;
        var look = new CollectedLook<Look>(() => new Look(ledger.Snapshot(), pileUp.Open()), time);
        meter.CreateObservableUpDownCounter(
            "docker_guard.calls.open", look.For(Open), "{call}", "Calls sent to the engine and not answered, of the kinds that pile up.");
        meter.CreateObservableUpDownCounter(
            "docker_guard.calls.waiting", look.For(at => at.Guard.WaitingCalls), "{call}", "Callers that are held or have joined another call.");
        meter.CreateObservableGauge(
            "docker_guard.calls.oldest", look.For(Oldest), "s", "Age of the oldest open call of a kind.");
        meter.CreateObservableCounter(
            "docker_guard.calls.saved", look.For(at => at.Guard.CallsSaved), "{call}", "Calls that ended without being sent to the engine.");
        meter.CreateObservableCounter(
            "docker_guard.calls.bypassed", () => bypass.Read().Count, "{event}",
            "Signals that the engine sent to containers for clients who bypass the proxy.");
        meter.CreateObservableCounter(
            "docker_guard.faults", () => faults.Value, "{fault}",
            "Faults of the guard's own: calls were forwarded, or a part beside them failed or ended.");
        meter.CreateObservableCounter(
            "docker_guard.probe.blind", look.For(at => at.Guard.BlindLooks), "{look}",
            "Looks at a container that could not tell whether SIGKILL will work.");
        meter.CreateObservableGauge(
            "docker_guard.containers.stuck", look.For(at => at.Guard.Containers.Count(container => container.IsStuck)), "{container}",
            "Containers that SIGKILL cannot end.");
        meter.CreateObservableGauge(
            "docker_guard.stuck.since", look.For(at => Stuck(at.Guard)), "s",
            "Since when a container is stuck, in seconds since 1970; the longest-stuck twenty.");
    }

    private static IEnumerable<Measurement<int>> Open(Look look) =>
    [
        .. look.Guard.OpenByOperation.Select(open => new Measurement<int>(open.Count, Of(Words.Of(open.Operation)))),
        .. look.PileUp.Select(open => new Measurement<int>(open.Count, Of(open.Operation))),
    ];

    private static IEnumerable<Measurement<double>> Oldest(Look look) =>
    [
        .. look.Guard.OpenByOperation.Select(open => new Measurement<double>(open.Oldest.TotalSeconds, Of(Words.Of(open.Operation)))),
        .. look.PileUp.Select(open => new Measurement<double>(open.Oldest.TotalSeconds, Of(open.Operation))),
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

    /// <summary>What a collection shows, all of one moment.</summary>
    private sealed record Look(GuardSnapshot Guard, ImmutableArray<OpenLongCalls> PileUp);
}
