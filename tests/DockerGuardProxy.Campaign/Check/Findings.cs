using System.Collections.Concurrent;
using System.Globalization;

namespace DockerGuardProxy.Campaign.Check;

/// <summary>What was found: how often each invariant was looked at, and each time it did not hold.</summary>
internal sealed class Findings
{
    private const int MostLines = 200;

    private readonly ConcurrentDictionary<Invariant, long> _checks = new();
    private readonly ConcurrentDictionary<Invariant, long> _broken = new();
    private readonly ConcurrentQueue<string> _lines = new();

    /// <summary>True where something is broken.</summary>
    public bool Any => !_broken.IsEmpty;

    /// <summary>What is broken, in the order of time; the first of them.</summary>
    public IReadOnlyCollection<string> Lines => _lines;

    /// <summary>How often it was looked at.</summary>
    public long Checks(Invariant invariant) => _checks.GetValueOrDefault(invariant);

    /// <summary>How often it did not hold.</summary>
    public long Broken(Invariant invariant) => _broken.GetValueOrDefault(invariant);

    /// <summary>It was looked at and holds.</summary>
    public void Hold(Invariant invariant) => _checks.AddOrUpdate(invariant, 1, static (_, count) => count + 1);

    /// <summary>It was looked at and does not hold.</summary>
    /// <param name="invariant">What.</param>
    /// <param name="where">Engine and client.</param>
    /// <param name="text">What was done, what was expected and what came.</param>
    public void Break(Invariant invariant, string where, string text)
    {
        Hold(invariant);
        _broken.AddOrUpdate(invariant, 1, static (_, count) => count + 1);
        var line = string.Create(CultureInfo.InvariantCulture, $"{Clock.Now.TotalSeconds:0.000} s, {where}: {invariant}: {text}");
        if (_lines.Count < MostLines) _lines.Enqueue(line);
        Console.WriteLine($"BROKEN {line}");
    }

    /// <summary>It holds if <paramref name="holds"/>.</summary>
    /// <returns>The same.</returns>
    public bool Look(Invariant invariant, bool holds, string where, string text)
    {
        if (holds) Hold(invariant);
        else Break(invariant, where, text);
        return holds;
    }
}
