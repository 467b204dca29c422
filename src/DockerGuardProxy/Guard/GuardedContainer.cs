namespace DockerGuardProxy.Guard;

/// <summary>The container that a call means, as the index knows it when the call arrives.</summary>
/// <param name="Id">Full id.</param>
/// <param name="Name">Name without the leading slash.</param>
/// <param name="IsRunning">Whether it runs.</param>
/// <param name="Run">The index's number of its present or last run (<see cref="Engine.Container.Run"/>), from 1; 0 before the first.</param>
/// <param name="StopTimeout">Its StopTimeout, the engine's default put in; negative is never, null unknown.</param>
/// <param name="StopSignal">Its StopSignal as written there, empty for the default; null unknown.</param>
/// <param name="Pod">Its pod, if labelled.</param>
internal sealed record GuardedContainer(
    string Id, string Name, bool IsRunning, long Run, TimeSpan? StopTimeout = null, string? StopSignal = null, Pod? Pod = null)
{
    /// <summary>The signal a stop of <paramref name="signal"/> sends here: upper case, without SIG; null where it can't be told.</summary>
    public string? EffectiveSignal(string? signal)
    {
        if (signal is not null || StopSignal is null)
            return signal;
        if (StopSignal.Length == 0)
            return "TERM";
        var upper = StopSignal.ToUpperInvariant();
        return upper.StartsWith("SIG", StringComparison.Ordinal) ? upper[3..] : upper;
    }
}
