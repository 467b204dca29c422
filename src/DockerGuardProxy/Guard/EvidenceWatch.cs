using DockerGuardProxy.Admin;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Probe;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Guard;

/// <summary>Brings the ledger the evidence that it needs, round after round; asleep while it needs none.</summary>
internal sealed partial class EvidenceWatch(
    Prober prober, ProbeOptions options, ContainerIndex index, FaultCount faults, TimeProvider time, ILogger<EvidenceWatch> logger) : BackgroundService
{
    /// <summary>From the end of a round to the next. A round takes a little over <see cref="ProbeOptions.Gap"/> by itself.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly WakeSignal _wake = new();
    private bool _isFailing;

    /// <summary>Whose needs are served. Set once, before the watch starts.</summary>
    public Ledger? Ledger { get; set; }

    /// <summary>There is something to look at from now on.</summary>
    public void Wake() => _wake.Give();

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
            Tell(await Task.WhenAll(needs.Select(need => LookAsync(need, stoppingToken))));
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    // Rounds that fail one after the other are one fault. A probe without a thread fails all of them alike: the first speaks for the round.
    private void Tell(Exception?[] round)
    {
        if (round.OfType<Exception>().FirstOrDefault() is not { } fault)
        {
            _isFailing = false;
            return;
        }

        if (!_isFailing)
        {
            faults.Add();
            ProbeFailed(logger, fault);
        }

        _isFailing = true;
    }

    /// <summary>
    /// Null, or why the container could not be looked at: no thread to be had, for instance. The ledger is told nothing then, for nobody has
    /// looked; and the watch itself goes on.
    /// </summary>
    private async Task<Exception?> LookAsync(EvidenceNeed need, CancellationToken cancellationToken)
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
            return e;
        }

        Ledger!.Evidence(need, diagnosis, options.Gap);
        return null;
    }

    [LoggerMessage(1206, LogLevel.Error, "Containers can't be looked at. Nobody is refused until they can.")]
    private static partial void ProbeFailed(ILogger logger, Exception cause);
}
