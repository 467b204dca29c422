using System.Diagnostics.Metrics;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard.Permits;

namespace DockerGuardProxy.Telemetry;

/// <summary>What waits for containers' locks, and what was done about it; looked at when somebody collects.</summary>
internal sealed class LockGauges
{
    /// <summary>Series that name a container; see <see cref="GuardGauges"/>.</summary>
    private const int MaxNamed = 20;

    public LockGauges(Instrumentation instrumentation, PermitKeeper permits, ContainerIndex index, TimeProvider time)
    {
        var meter = instrumentation.Meter;
        var look = new CollectedLook<PermitSnapshot>(permits.Snapshot, time);
        meter.CreateObservableUpDownCounter(
            "docker_guard.calls.unanswered", look.For(Unanswered), "{call}",
            "Calls sent to the engine of whose answer no byte has come, of the kinds that wait for a container's lock or shim.");
        meter.CreateObservableUpDownCounter(
            "docker_guard.lock.waiting", look.For(at => at.Waiting), "{call}", "Callers that are held because a container's lock is slow.");
        meter.CreateObservableGauge(
            "docker_guard.lock.slow", look.For(at => at.Containers.Count(container => container.SlowFor is not null)), "{container}",
            "Containers whose lock is slow.");
        meter.CreateObservableGauge(
            "docker_guard.lock.since", look.For(at => Since(at, index, time.GetUtcNow())), "s",
            "Since when a container's lock is slow, in seconds since 1970; the longest-slow twenty.");
        meter.CreateObservableCounter(
            "docker_guard.lock.decisions", look.For(at => Decisions(at.Totals)), "{call}",
            "Calls that were held, told, refused for want of room, or dropped because their caller left while it was held; or would have been.");
        meter.CreateObservableCounter(
            "docker_guard.lock.wrong", look.For(at => Wrong(at.Totals)), "{call}",
            "Held although the lock became free within 1 s, or told although the engine answered within 10 s; or would have been.");
    }

    private static IEnumerable<Measurement<int>> Unanswered(PermitSnapshot at) => at.Containers.SelectMany(container => container.Calls)
        .GroupBy(calls => calls.Operation)
        .Select(group => new Measurement<int>(group.Sum(calls => calls.Unanswered), new KeyValuePair<string, object?>(Keys.Operation, group.Key)));

    private static IEnumerable<Measurement<double>> Since(PermitSnapshot at, ContainerIndex index, DateTimeOffset now) => at.Containers
        .Where(container => container.SlowFor is not null)
        .OrderByDescending(container => container.SlowFor)
        .Take(MaxNamed)
        .Select(container =>
        {
            var known = index.Find(container.Id);
            return new Measurement<double>(
                (now - container.SlowFor!.Value).ToUnixTimeMilliseconds() / 1000.0,
                [
                    new(Keys.ContainerName, known?.Name ?? ""),
                    new(Keys.Namespace, known?.Pod?.Namespace ?? ""),
                    new(Keys.PodName, known?.Pod?.Name ?? ""),
                ]);
        });

    private static IEnumerable<Measurement<long>> Decisions(PermitTotals totals) =>
    [
        Of("held", totals.Held), Of("would-hold", totals.WouldHold), Of("told", totals.Told), Of("would-tell", totals.WouldTell),
        Of("refused", totals.Refused), Of("dropped", totals.Dropped),
    ];

    private static IEnumerable<Measurement<long>> Wrong(PermitTotals totals) => [Of("held", totals.WrongHolds), Of("told", totals.WrongTells)];

    private static Measurement<long> Of(string decision, long count) => new(count, new KeyValuePair<string, object?>(Keys.Decision, decision));
}
