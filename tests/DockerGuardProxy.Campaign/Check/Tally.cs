using System.Collections.Concurrent;

namespace DockerGuardProxy.Campaign.Check;

/// <summary>The counts of one engine's calls.</summary>
internal sealed class Tally
{
    // Guards the slowest: a time goes with its call.
    private readonly Lock _gate = new();
    private long _calls;
    private long _refused;
    private long _allowed;
    private (TimeSpan Took, string Call) _slowest;
    private TimeSpan _mostAdded;
    private TimeSpan _slowestKill;

    /// <summary>Answers of the engine's own that were not expected, without any chaos; with how often.</summary>
    public ConcurrentDictionary<string, int> EngineErrors { get; } = new();

    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Of containers that chaos is about.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    /// <summary>Failed, and chaos explains it.</summary>
    public long Allowed => Interlocked.Read(ref _allowed);

    /// <summary>The longest call on a healthy container without chaos that others notice.</summary>
    public (TimeSpan Took, string Call) Slowest
    {
        get { lock (_gate) return _slowest; }
    }

    /// <summary>The most that a call took beyond the engine's own time, in the same calls.</summary>
    public TimeSpan MostAdded
    {
        get { lock (_gate) return _mostAdded; }
    }

    /// <summary>The longest way of a SIGKILL to the engine.</summary>
    public TimeSpan SlowestKill
    {
        get { lock (_gate) return _slowestKill; }
    }

    public void Call() => Interlocked.Increment(ref _calls);

    public void Refuse() => Interlocked.Increment(ref _refused);

    public void Allow() => Interlocked.Increment(ref _allowed);

    public void EngineError(string text) => EngineErrors.AddOrUpdate(text, 1, static (_, count) => count + 1);

    /// <summary>A call has taken so long, of which the engine needed so much; null where that is not known.</summary>
    public void Time(TimeSpan took, TimeSpan? engine, string call)
    {
        lock (_gate)
        {
            if (took > _slowest.Took) _slowest = (took, call);
            if (engine is { } own && took - own > _mostAdded) _mostAdded = took - own;
        }
    }

    /// <summary>A SIGKILL was with the engine after so long.</summary>
    public void Kill(TimeSpan way)
    {
        lock (_gate)
        {
            if (way > _slowestKill) _slowestKill = way;
        }
    }
}
