using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Route;

/// <summary>
/// Whether a run has lost all its tasks while the engine has not told of its end. Belongs to the loop of <see cref="StreamWatch"/>.
/// </summary>
/// <remarks>
/// A run whose init is known costs one small file a look, for as long as that lives; only after that all of /proc is gone through. Where it is not
/// known, that is done at the beginning, and then more and more seldom.
/// </remarks>
internal sealed class ContainerEnd(Prober prober, string id, long run)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(2), Late = TimeSpan.FromSeconds(60);

    private Task<Look>? _look;
    private TimeSpan _lookBegan;
    private TimeSpan _dueAt;
    private TimeSpan _pause = Soon;
    private ulong? _initStart;
    private bool _isInitGone;

    /// <summary>Full id of the container, and the number of the run in the index.</summary>
    public (string Id, long Run) Key => (id, run);

    /// <summary>The run's init in the host; null while it is not known.</summary>
    public int? InitPid { get; set; }

    /// <summary>When a stream last pressed for it.</summary>
    public TimeSpan PressedAt { get; set; }

    /// <summary>Since when no task has been left; null while some are, or it can't be told.</summary>
    public TimeSpan? GoneSince { get; private set; }

    /// <summary>Takes what the last look has found.</summary>
    /// <exception cref="Exception">It could not be made.</exception>
    public async Task TakeAsync(TimeSpan now)
    {
        if (_look is not { IsCompleted: true } look) return;
        _look = null;
        _dueAt = now + _pause;
        if ((await look).Diagnosis.Kind == DiagnosisKind.ExitLost)
        {
            GoneSince ??= _lookBegan;
            _dueAt = now + Soon;
            return;
        }

        GoneSince = null;
        _pause = _pause * 2 < Late ? _pause * 2 : Late;
    }

    /// <summary>Takes when the init was started; null where it is gone.</summary>
    public void Take(ulong? initStart, TimeSpan now)
    {
        if (initStart is not null && (_initStart is null || _initStart == initStart))
        {
            _initStart = initStart;
            return;
        }

        if (_isInitGone) return;
        (_isInitGone, _pause, _dueAt) = (true, Soon, now);
    }

    /// <summary>Begins a look at all tasks, if one is due.</summary>
    public void Look(TimeSpan now, CancellationToken cancellationToken)
    {
        if (_look is not null || now < _dueAt || (InitPid is not null && !_isInitGone)) return;
        _lookBegan = now;

        // A number that the ledger has for none: what it has learned of its runs stays its own.
        _look = prober.ProbeAsync(new ContainerRun(id, ~run, InitPid, KillDue: true), cancellationToken).AsTask();
    }
}
