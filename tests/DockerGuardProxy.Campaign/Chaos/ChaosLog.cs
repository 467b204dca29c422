namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>From when to when there was which chaos at one engine; no end while there is.</summary>
internal sealed record ChaosWindow(ChaosKind Kind, TimeSpan Begin, TimeSpan? End);

/// <summary>Knows which chaos there was when.</summary>
internal sealed class ChaosLog
{
    /// <summary>For what was under way when it was undone, to come to its end.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    // Guards the windows. At most one has no end: actors take turns.
    private readonly Lock _gate = new();
    private readonly List<ChaosWindow> _windows = [];

    /// <summary>Notes that it begins.</summary>
    public void Begin(ChaosKind kind)
    {
        lock (_gate) _windows.Add(new ChaosWindow(kind, Clock.Now, null));
    }

    /// <summary>Notes that what began last has been undone.</summary>
    public void End()
    {
        lock (_gate) _windows[^1] = _windows[^1] with { End = Clock.Now };
    }

    /// <summary>What others may have noticed between two times.</summary>
    public Trouble Between(TimeSpan from, TimeSpan to)
    {
        lock (_gate) return Between(_windows, from, to);
    }

    /// <summary>Which kinds there were between two times, or shortly before.</summary>
    public IReadOnlyCollection<ChaosKind> Kinds(TimeSpan from, TimeSpan to)
    {
        lock (_gate) return [.. _windows.Where(window => window.Begin <= to && !(window.End + Grace < from)).Select(window => window.Kind)];
    }

    /// <summary>How often there was which.</summary>
    public IReadOnlyDictionary<ChaosKind, int> Counts()
    {
        lock (_gate) return _windows.CountBy(window => window.Kind).ToDictionary();
    }

    /// <summary>What others may have noticed of these windows between two times; pure.</summary>
    internal static Trouble Between(IReadOnlyList<ChaosWindow> windows, TimeSpan from, TimeSpan to)
    {
        var trouble = Trouble.None;
        for (var index = windows.Count - 1; index >= 0; index--)
        {
            var window = windows[index];
            // They follow one another: all before have ended earlier.
            if (window.End + Grace < from) break;
            if (window.Begin <= to) trouble |= Troubles.Of(window.Kind);
        }

        return trouble;
    }
}
