using DockerGuardProxy.Engine;
using DockerGuardProxy.Probe;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Guard;

/// <summary>Brings the ledger the evidence that it needs, round after round; asleep while it needs none.</summary>
internal sealed partial class EvidenceWatch(Prober prober, ProbeOptions options, ContainerIndex index, TimeProvider time, ILogger<EvidenceWatch> logger)
    : BackgroundService
{
    /// <summary>From the end of a round to the next. A round takes a little over <see cref="ProbeOptions.Gap"/> by itself.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly WakeSignal _wake = new();

    /// <summary>Whose needs are served. Set once, before the watch starts.</summary>
    public Ledger? Ledger { get; set; }

    /// <summary>There is something to look at from now on.</summary>
    public void Wake() => _wake.Give();

    /// <summary>
    /// Looks whether the tasks that refusals named still wait though their container has ended. What can't be looked at proves nothing.
    /// </summary>
    public async Task ReviewAsync(EndedRefusals refusals)
    {
        try
        {
            if (await prober.StillWaitAsync(refusals.Named))
                Ledger!.Reviewed(refusals);
        }
        catch (Exception e)
        {
            ProbeFailed(logger, e);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _wake.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var needs = Ledger!.EvidenceNeeds();
            if (needs.IsEmpty)
            {
                await _wake.WaitAsync(stoppingToken);
                continue;
            }

            // Questions asked together share one round of the prober.
            await Task.WhenAll(needs.Select(need => LookAsync(need, stoppingToken)));
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    private async Task LookAsync(EvidenceNeed need, CancellationToken cancellationToken)
    {
        var container = index.Find(need.Id);
        // The init pid of any other run is gone, and would pass for a lost exit.
        var pid = container is { Running: true } && container.Run == need.IndexRun ? container.Pid : null;
        Diagnosis diagnosis;
        try
        {
            diagnosis = await prober.ProbeAsync(new ContainerRun(need.Id, need.Run, pid, KillDue: true), cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // No thread to be had, for instance. What can't be looked at is no evidence; the watch itself must go on.
            ProbeFailed(logger, e);
            diagnosis = new Diagnosis(DiagnosisKind.CannotTell, []);
        }

        Ledger!.Evidence(need, diagnosis, options.Gap);
    }

    [LoggerMessage(1206, LogLevel.Error, "A container could not be looked at.")]
    private static partial void ProbeFailed(ILogger logger, Exception cause);
}
