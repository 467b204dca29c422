namespace DockerGuardProxy.Guard;

internal sealed partial class ContainerEntry
{
    // Calls of an earlier process that the engine still keeps. Nobody hears of their end: they count as long as the evidence holds, since
    // what keeps the container keeps them.
    private int _inherited;

    private bool IsUnconfirmed => _evidence.IsUnconfirmed;

    /// <summary>What is worth to outlive the process; null without evidence, or where no task names the run.</summary>
    /// <param name="origin">Zero of the ledger's clock on the clock that counts from boot.</param>
    public RememberedContainer? Remember(TimeSpan origin)
    {
        if (EvidenceSince is not { } since || Diagnosis is not { Tasks.IsEmpty: false } evidence)
            return null;
        return new RememberedContainer(
            Container,
            evidence,
            origin + since,
            _evidence.SinceUtc,
            _isStuckReported,
            _open.Count + _inherited,
            origin + _backoff.Until,
            _backoff.Level,
            origin + _backoff.Since,
            _repeatIndex,
            _attempts,
            _refusals,
            _saved);
    }

    /// <summary>
    /// Takes over what an earlier process knew. Nobody is refused by it before the probe has found the same tasks still there; until then
    /// callers are held.
    /// </summary>
    /// <param name="remembered">What it knew; the engine is the same process since.</param>
    /// <param name="origin">Zero of the ledger's clock on the clock that counts from boot.</param>
    /// <param name="engineGivesUp">Such calls end by themselves on this engine, though nobody hears of it: they cost a pause.</param>
    /// <param name="turn">The input.</param>
    public void Restore(RememberedContainer remembered, TimeSpan origin, bool engineGivesUp, Turn turn)
    {
        _evidence = RunEvidence.Remembered(remembered.Evidence, remembered.EvidenceSince - origin, remembered.EvidenceSinceUtc);
        _reportedAt = turn.Now;
        _isStuckReported = remembered.IsStuckReported;
        _repeatIndex = remembered.RepeatIndex;
        (_attempts, _refusals, _saved) = (remembered.Attempts, remembered.Refusals, remembered.CallsSaved);
        _backoff = new Backoff(remembered.BackoffUntil - origin, remembered.BackoffLevel, remembered.BackoffSince - origin);
        if (!engineGivesUp)
            _inherited = remembered.OpenCalls;
        else if (remembered.OpenCalls > 0)
            _backoff = _backoff.After(turn.Now, turn.Policies.Guard, turn.Now);
    }
}
