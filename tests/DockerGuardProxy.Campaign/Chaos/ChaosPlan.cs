using System.Collections.Immutable;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>One thing to be done to one engine and its proxy.</summary>
/// <param name="At">Since the campaign's start, at the earliest: it waits for the one before.</param>
/// <param name="Kind">What.</param>
/// <param name="Length">For how long, until it is undone.</param>
/// <param name="Seed">For what is left to chance in it.</param>
internal sealed record PlannedChaos(TimeSpan At, ChaosKind Kind, TimeSpan Length, ulong Seed);

/// <summary>Makes the plan of one engine; pure: by seed, engine and length alone.</summary>
internal static class ChaosPlan
{
    /// <summary>Until the first: connections and containers are there by then.</summary>
    public static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    /// <summary>After the last.</summary>
    public static readonly TimeSpan CalmDown = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan LeastGap = TimeSpan.FromSeconds(2), MostGap = TimeSpan.FromSeconds(6);

    /// <summary>Until what was done is undone, and the engine or the proxy is there again.</summary>
    private static readonly TimeSpan Undo = TimeSpan.FromSeconds(3);

    /// <param name="seed">The campaign's.</param>
    /// <param name="engine">Its number among the engines: each has a plan of its own.</param>
    /// <param name="length">Of the campaign.</param>
    /// <param name="kinds">What may be done. Each comes once before any comes again.</param>
    public static ImmutableArray<PlannedChaos> Of(ulong seed, int engine, TimeSpan length, IReadOnlyList<ChaosKind> kinds)
    {
        if (kinds.Count == 0) return [];
        // One step of the generator apart, two plans would overlap.
        var numbers = new Numbers(new Numbers(seed ^ ((ulong)(engine + 1) << 32)).Next());
        var plan = ImmutableArray.CreateBuilder<PlannedChaos>();
        var bag = new Queue<ChaosKind>();
        var end = WarmUp;
        while (true)
        {
            if (bag.Count == 0)
                bag = new Queue<ChaosKind>(numbers.Shuffle(kinds));
            var kind = bag.Dequeue();
            var (least, most) = Bounds(kind);
            var at = end + numbers.Between(LeastGap, MostGap);
            var chaos = new PlannedChaos(at, kind, numbers.Between(TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most)), numbers.Next());
            end = at + chaos.Length + Undo;
            if (end > length - CalmDown)
                return plan.ToImmutable();
            plan.Add(chaos);
        }
    }

    /// <summary>Seconds.</summary>
    private static (int Least, int Most) Bounds(ChaosKind kind) => kind switch
    {
        // Until callers are refused: the guard's patience and the first hold.
        ChaosKind.DState => (12, 20),
        // Until a lock counts as slow.
        ChaosKind.StoppedShim => (4, 10),
        // Until a lock counts as slow, and a caller has waited.
        ChaosKind.LockTold => (6, 12),
        // Until the client counts as one that does not read, and the process as ended.
        ChaosKind.UnreadAttach => (3, 6),
        ChaosKind.ContainerdStopped => (2, 6),
        ChaosKind.EngineKilled or ChaosKind.ProxyKilled or ChaosKind.ProxyRestarted => (1, 3),
        _ => (3, 8),
    };
}
