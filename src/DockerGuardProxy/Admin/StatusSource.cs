using System.Collections.Immutable;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Guard.Permits;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Streams;
using DockerGuardProxy.Telemetry;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Admin;

/// <summary>Puts the status together from the parts of the daemon.</summary>
internal sealed class StatusSource(
    ConfigurationStore store, AcceptLoops loops, LedgerKeeper ledger, ContainerIndex index, Prober prober, FaultCount faults,
    EngineVitalsWatch engine, PileUpWatch pileUp, PermitKeeper permits, BypassWatch bypass, StalledStreams stalled, TimeProvider time)
{
    private readonly DateTimeOffset _started = time.GetUtcNow();

    /// <summary>The status at this moment. The parts are looked at one after the other, each whole in itself.</summary>
    public StatusReport Read()
    {
        var configuration = store.Current;
        var guard = ledger.Snapshot();
        var (bypassed, last) = bypass.Read();
        var now = time.GetUtcNow();
        return new StatusReport(
            StatusReport.FormatVersion,
            now,
            new ProxyReport(ProductVersion.Number, Environment.ProcessId, _started, loops.Paths),
            Describe(configuration, store.Status, store.HangsSince),
            DescribeEngine(configuration.Engine.Path),
            new CallsReport(
                guard.OpenCalls, guard.WaitingCalls, Seconds(guard.OldestOpen), guard.Refusals, guard.WrongRefusals, guard.CallsSaved, bypassed,
                last is null ? null : new BypassReport(last.Time, last.Id, last.Name, last.Signal),
                WouldHold(guard),
                guard.EndedSoon),
            faults.Value,
            prober.LostThreads,
            guard.Containers.Count(container => container.IsStuck),
            [.. Named(guard.Containers).Select(container => Describe(container, now))],
            DescribePileUp(),
            Math.Max(0, guard.Containers.Length - StatusReport.MaxContainers),
            DescribeExecs(),
            [.. stalled.Current.Take(StatusReport.MaxStreams).Select(StreamReport.Of)],
            stalled.Held,
            LockStatus.Describe(permits.Snapshot(), index.Current, pileUp.Open().Any(open => open.Operation == "prune")));
    }

    private static IEnumerable<ContainerSnapshot> Named(ImmutableArray<ContainerSnapshot> all) => all.Length <= StatusReport.MaxContainers
        ? all
        : all.OrderByDescending(container => container.IsStuck).ThenBy(container => container.EvidenceSince ?? DateTimeOffset.MaxValue)
            .Take(StatusReport.MaxContainers).OrderBy(container => container.Container.Name, StringComparer.Ordinal);

    // Of a run that has ended the engine would have answered all.
    private EngineCostReport? WouldHold(GuardSnapshot guard) => EngineVersion.LeaksForEver(engine.Info?.Version) == true
        ? EngineCostReport.Of(
            guard.Containers.Where(container => container.IsStuck || container.OpenCalls > 0).Sum(container => container.CallsSaved))
        : null;

    private EngineReport DescribeEngine(string path)
    {
        var (vitals, info) = (engine.Vitals, engine.Info);
        return new EngineReport(
            path, index.IsReady, index.Current.Count, info?.Version, EngineVersion.LeaksForEver(info?.Version), vitals.Pid, vitals.Descriptors,
            vitals.DescriptorLimit, vitals.MemoryBytes, info?.Goroutines, engine.Restarts, vitals.Connections?.Open,
            vitals.Connections?.Peerless);
    }

    private ExecsReport[] DescribeExecs() =>
    [
        .. index.Execs.Read()
            .OrderByDescending(execs => execs.Count)
            .ThenBy(execs => execs.Id, StringComparer.Ordinal)
            .Take(StatusReport.MaxExecs)
            .Select(execs => new ExecsReport(execs.Id, index.Find(execs.Id)?.Name ?? "", execs.Count)),
    ];

    private OpenCallsReport[] DescribePileUp() =>
    [
        .. pileUp.Calls()
            .GroupBy(call => (call.Row.Name, Reference: call.Row.NamesContainer ? call.Reference : null))
            .Select(calls => new OpenCallsReport(
                calls.Key.Name!, calls.Key.Reference, calls.Count(), Math.Round(calls.Max(call => call.Age).TotalSeconds, 3)))
            .OrderByDescending(calls => calls.OldestSeconds)
            .ThenBy(calls => calls.Operation, StringComparer.Ordinal)
            .Take(StatusReport.MaxPileUp),
    ];

    private static ConfigurationReport Describe(ProxyConfiguration configuration, ConfigurationStatus status, DateTimeOffset? hangsSince)
    {
        var policies = configuration.Guard.Policies;
        return new ConfigurationReport(
            status.File,
            status.Origin switch
            {
                ConfigurationOrigin.LastGood => "last-good",
                ConfigurationOrigin.ObserveOnly => "observe-only",
                _ => "asked",
            },
            Words.Of(policies.Guard.Mode),
            Modes(policies),
            status.SwitchedOff,
            status.HoldBack switch
            {
                HoldBack.Crashes => "crashes",
                HoldBack.NewerState => "newer-state",
                _ => null,
            },
            status.LoadedAt,
            status.Reloads,
            status.FailedReloads,
            status.Failure is { } failure ? new FailureReport(failure.Time, [.. failure.Errors.Select(error => error.ToString())]) : null,
            [.. status.PendingRestart.Select(change => change.Key)],
            hangsSince,
            policies.Exempt is { IsEmpty: false } exempt ? new ExemptReport(exempt.Labels, exempt.Callers) : null);
    }

    private static OrderedDictionary<string, string> Modes(GuardPolicies policies)
    {
        var modes = new OrderedDictionary<string, string>(
            CallTable.Docker.Of(Family.Ending).Select(row => KeyValuePair.Create(row.Name!, Words.Of(policies.For(row.Operation!.Value).Mode))));
        var families = policies.Families;
        modes.Add("lock", Words.Of(families.Lock.Mode));
        modes.Add("lock.tell", Words.Of(families.Lock.Tell.Mode));
        modes.Add("stats", Words.Of(families.Stats.Mode));
        modes.Add("streams", Words.Of(families.Streams.Mode));
        modes.Add("transfers", Words.Of(families.Transfers.Mode));
        return modes;
    }

    private static ContainerReport Describe(ContainerSnapshot snapshot, DateTimeOffset now)
    {
        var container = snapshot.Container;
        var tasks = snapshot.Diagnosis?.Tasks ?? [];
        return new ContainerReport(
            container.Id,
            container.Name,
            container.Pod is { } pod ? new PodReport(pod.Namespace, pod.Name, pod.Uid) : null,
            snapshot.IsStuck,
            snapshot.EvidenceSince,
            snapshot.Diagnosis is { } diagnosis ? Words.Of(diagnosis.Kind) : null,
            [.. tasks.Select(TaskReport.Of)],
            snapshot.Diagnosis?.MoreTasks ?? 0,
            snapshot.Attempts,
            snapshot.OpenCalls,
            snapshot.WaitingCalls,
            Seconds(snapshot.OldestOpen),
            snapshot.BackoffLeft is { } left && left > TimeSpan.Zero ? now + left : null,
            snapshot.Refusals,
            snapshot.CallsSaved,
            snapshot.Diagnosis?.Hold is { } hold ? HoldReport.Of(hold) : null);
    }

    private static double? Seconds(TimeSpan? age) => age is { } span ? Math.Round(span.TotalSeconds, 3) : null;
}
