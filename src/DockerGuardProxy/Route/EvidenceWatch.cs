using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Streams;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Route;

/// <summary>
/// Brings the ledger the evidence that it needs; asleep while it needs none. A container is first looked at whole. As long as the tasks that
/// tell of it are as they were, a cheap look each half second confirms it, whatever its size; whole looks get rarer and keep to a budget. With
/// none of these tasks left it is looked at whole at once: a thaw is noticed within 2 s.
/// </summary>
internal sealed class EvidenceWatch(
    LedgerKeeper ledger,
    Prober prober,
    ProbeOptions options,
    ContainerIndex index,
    StalledStreams stalled,
    FaultCount faults,
    TimeProvider time,
    ILogger<EvidenceWatch> logger) : BackgroundService
{
    /// <summary>From one round of cheap looks to the next. A whole look takes a little over <see cref="ProbeOptions.Gap"/> more.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>A report must not be old before the next comes, whatever looks cost (<see cref="RunEvidence.ReportIsFresh"/>).</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(4);

    /// <summary>Cheap looks may take this part of a core: with hundreds of stuck containers the pause gets longer.</summary>
    private const double CheapShare = 0.005;

    /// <summary>Whole looks that are not urgent share a pass over /proc up to this many tasks, so that no round is out of all proportion.</summary>
    private const int MaxTasksAtOnce = 1000;

    private readonly Dictionary<(string Id, long Run), WatchedRun> _watched = [];
    private readonly long _origin = time.GetTimestamp();
    private ProbeBudget _budget;
    private bool _isFailing;

    private TimeSpan Now => time.GetElapsedTime(_origin);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _budget = ProbeBudget.Begin(Now, prober.Spent);
        while (true)
        {
            var needs = ledger.EvidenceNeeds();
            await WatchAsync(needs, stoppingToken);
            if (needs.IsEmpty)
            {
                await ledger.WaitForEvidenceNeedAsync(stoppingToken);
                continue;
            }

            var cost = await ConfirmAsync(needs);
            BeginLooks(needs, stoppingToken);
            var least = cost / CheapShare;
            await Task.Delay(least < Pause ? Pause : least < LongestPause ? least : LongestPause, time, stoppingToken);
        }
    }

    // Looks that fail one after the other are one fault: where no thread can be had, all of them do.
    private void Tell(Exception fault)
    {
        if (!_isFailing)
        {
            faults.Add();
            ProbeLog.Failed(logger, fault);
        }

        _isFailing = true;
    }

    /// <summary>Takes what whole looks have found, and forgets runs that need no evidence any more.</summary>
    private async Task WatchAsync(IReadOnlyCollection<EvidenceNeed> needs, CancellationToken stoppingToken)
    {
        var keys = needs.Select(Key).ToHashSet();
        foreach (var key in _watched.Keys.Where(key => !keys.Contains(key)).ToArray())
            _watched.Remove(key);
        foreach (var key in keys)
        {
            if (!_watched.TryGetValue(key, out var run))
                _watched[key] = run = new();
            if (run.Running is { IsCompleted: true } ended)
                run.Take(await EndAsync(ended, stoppingToken), Now);
        }
    }

    /// <summary>Null where it could not be looked: the ledger was told nothing then, and the watch itself goes on.</summary>
    private async Task<Look?> EndAsync(Task<Look> ended, CancellationToken stoppingToken)
    {
        try
        {
            var look = await ended;
            _isFailing = false;
            return look;
        }
#pragma warning disable CA1031 // No thread to be had, for instance.
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Tell(e);
            return null;
        }
    }

    /// <summary>Makes the cheap looks; the answer is their CPU time.</summary>
    private async Task<TimeSpan> ConfirmAsync(IReadOnlyCollection<EvidenceNeed> needs)
    {
        var asked = needs.Select(need => (Need: need, Run: _watched[Key(need)])).Where(it => it.Run.Last is not null).ToArray();
        if (asked.Length == 0)
            return TimeSpan.Zero;
        var (standings, cost) = await ConfirmAsync([.. asked.Select(it => new CheapLook(it.Run.Last!, InitPid(it.Need), it.Run.Turn))]);
        for (var i = 0; i < asked.Length; i++)
        {
            var (need, run) = asked[i];
            // A whole look that has ended meanwhile has told more.
            if (run.Running is { IsCompleted: true })
                continue;
            if (standings[i] == Standing.Fallen)
                ledger.Doubt(need);
            else
                ledger.Evidence(need, Explain(need, run.Last!.Diagnosis), options.Gap);
            run.Take(standings[i]);
        }

        return cost;
    }

    private async Task<CheapLooks> ConfirmAsync(CheapLook[] looks)
    {
        try
        {
            return await prober.ConfirmAsync(looks);
        }
#pragma warning disable CA1031 // No thread to be had, for instance: whole looks will tell, and the watch itself must go on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Tell(e);
            return CheapLooks.None(looks.Length);
        }
    }

    private void BeginLooks(IReadOnlyCollection<EvidenceNeed> needs, CancellationToken cancellationToken)
    {
        var now = Now;
        _budget = _budget.Move(now, prober.Spent);
        var tasks = 0;
        foreach (var (need, run) in needs.Select(need => (need, _watched[Key(need)])).Where(it => it.Item2.Running is null)
            .OrderByDescending(it => it.Item2.IsUrgent).ThenBy(it => it.Item2.Pace.LookedAt))
        {
            if (!run.IsUrgent && (!run.Pace.IsDue(now, _budget.IsInCredit) || tasks > 0 && tasks + run.Size > MaxTasksAtOnce))
                continue;
            tasks += run.Size;
            // Questions asked together share one round of the prober.
            run.Running = LookAsync(need, cancellationToken);
        }
    }

    private async Task<Look> LookAsync(EvidenceNeed need, CancellationToken cancellationToken)
    {
        var look = await prober.ProbeAsync(new ContainerRun(need.Id, need.Run, InitPid(need), KillDue: true), cancellationToken);
        ledger.Evidence(need, Explain(need, look.Diagnosis), options.Gap);
        return look;
    }

    /// <summary>
    /// Of a lost exit, what the engine waits for: a client of ours that does not read, or else one past us, or its log driver. Nothing where nobody
    /// watches the clients: that none is known says nothing then.
    /// </summary>
    private Diagnosis Explain(EvidenceNeed need, Diagnosis diagnosis)
    {
        if (diagnosis.Kind != DiagnosisKind.ExitLost || ledger.Policies.Families.Streams.Mode == GuardMode.Off) return diagnosis;
        var clients = stalled.HoldingUp(need.Id);
        var first = clients.Length == 0
            ? null
            : new UnreadClient(clients[0].Pid, clients[0].Comm, clients[0].Operation, clients[0].Unread, clients[0].Since);
        return diagnosis with { Hold = new ExitHold(first, Math.Max(0, clients.Length - 1), index.Find(need.Id)?.LogDriver) };
    }

    private static (string Id, long Run) Key(EvidenceNeed need) => (need.Id, need.Run);

    // The init pid of any other run is gone, and would pass for a lost exit.
    private int? InitPid(EvidenceNeed need) =>
        index.Find(need.Id) is { Running: true } container && container.Run == need.IndexRun ? container.Pid : null;
}
