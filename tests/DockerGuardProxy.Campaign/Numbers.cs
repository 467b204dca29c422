namespace DockerGuardProxy.Campaign;

/// <summary>
/// Numbers from a seed: SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators). Not <see cref="Random"/>, whose seeded
/// sequence no version of .NET promises to the next.
/// </summary>
internal sealed class Numbers(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = _state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }

    /// <summary>From <paramref name="least"/> to below <paramref name="end"/>.</summary>
    public int Between(int least, int end) => least + (int)(Next() % (ulong)(end - least));

    /// <summary>From <paramref name="least"/> to below <paramref name="end"/>, in steps of a millisecond.</summary>
    public TimeSpan Between(TimeSpan least, TimeSpan end) =>
        TimeSpan.FromMilliseconds(Between((int)least.TotalMilliseconds, (int)end.TotalMilliseconds));

    /// <summary>In an order of its own.</summary>
    public T[] Shuffle<T>(IEnumerable<T> items)
    {
        T[] shuffled = [.. items];
        for (var last = shuffled.Length - 1; last > 0; last--)
        {
            var other = Between(0, last + 1);
            (shuffled[last], shuffled[other]) = (shuffled[other], shuffled[last]);
        }

        return shuffled;
    }
}
