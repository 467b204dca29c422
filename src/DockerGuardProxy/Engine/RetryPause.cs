namespace DockerGuardProxy.Engine;

/// <summary>
/// How long to wait before something is tried again: doubling from 100 ms, with a quarter of jitter either way. An engine that refuses is
/// tried up to every 2 s, for that costs it nothing; one that hangs up to every minute, for it may keep each try.
/// </summary>
internal sealed class RetryPause(Func<double> random)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestRefused = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestHung = TimeSpan.FromMinutes(1);
    private int _tries;

    /// <summary>Before the engine is tried again.</summary>
    public TimeSpan Next(bool hung) => Next(hung ? LongestHung : LongestRefused);

    /// <summary>The next pause, of about <paramref name="longest"/> at most.</summary>
    public TimeSpan Next(TimeSpan longest)
    {
        var grown = First * Math.Pow(2, Math.Min(_tries++, 16));
        return (grown < longest ? grown : longest) * (0.75 + (random() / 2));
    }

    public void Reset() => _tries = 0;
}
