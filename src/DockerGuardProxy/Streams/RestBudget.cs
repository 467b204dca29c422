namespace DockerGuardProxy.Streams;

/// <summary>Counts the bytes that are held of all streams that were taken over.</summary>
/// <remarks>Invariant: the sum of what each <see cref="StreamRest"/> has taken and not given back.</remarks>
internal sealed class RestBudget
{
    private long _held;

    /// <summary>How many bytes.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Takes room for bytes that are to come.</summary>
    /// <param name="wanted">For how many at most.</param>
    /// <param name="limit">How many there may be in all.</param>
    /// <returns>For how many.</returns>
    public int Take(int wanted, long limit)
    {
        while (true)
        {
            var held = Interlocked.Read(ref _held);
            var taken = (int)Math.Clamp(limit - held, 0, wanted);
            if (taken == 0 || Interlocked.CompareExchange(ref _held, held + taken, held) == held) return taken;
        }
    }

    /// <summary>Gives room back.</summary>
    public void GiveBack(long count) => Interlocked.Add(ref _held, -count);
}
