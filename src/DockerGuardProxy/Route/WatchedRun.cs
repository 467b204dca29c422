using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Route;

/// <summary>A run about which evidence is looked for. Belongs to the loop of <see cref="EvidenceWatch"/> alone.</summary>
internal sealed class WatchedRun
{
    /// <summary>
    /// The first look mostly comes as SIGKILL is sent, and can't tell yet; what follows must not wait for a budget that others
    /// have used up.
    /// </summary>
    private const int UrgentLooks = 3;

    private int _looks;

    /// <summary>The last whole look, as long as cheap ones can confirm it.</summary>
    public Look? Last { get; private set; }

    /// <summary>When the next whole look is due.</summary>
    public LookPace Pace { get; private set; }

    /// <summary>The whole look that is under way.</summary>
    public Task<Look>? Running { get; set; }

    /// <summary>How many tasks the last whole look has read.</summary>
    public int Size { get; private set; }

    /// <summary>Nothing is known of the run, or not any more: it can't wait.</summary>
    public bool IsUrgent { get; private set; } = true;

    /// <summary>Counts the cheap looks.</summary>
    public int Turn { get; set; }

    /// <summary>Takes a whole look that has ended; null for one that failed.</summary>
    public void Take(Look? look, TimeSpan now)
    {
        Running = null;
        Size = look?.Size ?? Size;
        var stands = look is { CanBeConfirmed: true };
        IsUrgent = !stands && ++_looks < UrgentLooks;
        Pace = Pace.Next(now, stands, stands && look!.Diagnosis == Last?.Diagnosis);
        Last = stands ? look : null;
    }

    /// <summary>Takes a cheap look.</summary>
    public void Take(Standing standing)
    {
        Turn++;
        if (standing == Standing.Shaken)
            Pace = Pace.Sooner();
        if (standing == Standing.Fallen)
            (Last, IsUrgent, _looks) = (null, true, 0);
    }
}
