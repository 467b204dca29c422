namespace DockerGuardProxy.Guard;

/// <summary>
/// Attempts of an ended run that the engine has yet to answer. It answers every stop and kill of a run when the container has exited, but each
/// by itself, and each looks at the container's state of that moment (moby <c>State.Wait</c>): one that comes to look after the next start
/// waits for the end of that run. So a held restart is not sent before they are answered.
/// </summary>
internal sealed class LateAnswers
{
    /// <summary>
    /// How long held restarts wait for them. dockerd gives them within milliseconds of the exit; one that takes longer waits for something
    /// else.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // Each with the time until which it is waited for; oldest first.
    private readonly List<(Attempt Attempt, TimeSpan Until)> _awaited = [];

    public bool IsEmpty => _awaited.Count == 0;

    /// <summary>When the first is to be given up; null if none is waited for.</summary>
    public TimeSpan? NextDue => IsEmpty ? null : _awaited[0].Until;

    /// <summary>The run of these attempts has ended.</summary>
    public void Await(IReadOnlyList<Attempt> open, TimeSpan now)
    {
        foreach (var attempt in open)
            _awaited.Add((attempt, now + Patience));
    }

    /// <summary>It was answered, or lost.</summary>
    public void Remove(Attempt attempt) => _awaited.RemoveAll(awaited => awaited.Attempt == attempt);

    /// <summary>Gives up those that take too long; true where there were some.</summary>
    public bool GiveUp(TimeSpan now) => _awaited.RemoveAll(awaited => awaited.Until <= now) > 0;

    public void Clear() => _awaited.Clear();
}
