namespace DockerGuardProxy.Guard;

/// <summary>
/// Carries out what turns have led to, on the thread of their input and one after the other: an effect that is an input itself (an engine
/// that refuses the connection at once) has its own effects after those of the turn before, not inside them. Nested, the calls that hand
/// the lead on to each other would need a stack as deep as they are many.
/// </summary>
internal static class TurnEffects
{
    [ThreadStatic]
    private static bool _isUnderWay;

    [ThreadStatic]
    private static Queue<Action>? _further;

    /// <summary>Carries out a turn, or leaves it to the one that is being carried out on this thread.</summary>
    public static void CarryOut(Turn turn, IAttemptSender sender, IGuardObserver observer, Action<Attempt, Exception> notSent)
    {
        if (_isUnderWay)
        {
            (_further ??= new()).Enqueue(() => turn.CarryOut(sender, observer, notSent));
            return;
        }
        _isUnderWay = true;
        try
        {
            turn.CarryOut(sender, observer, notSent);
            while (_further is { Count: > 0 } further)
                further.Dequeue()();
        }
        finally
        {
            _isUnderWay = false;
        }
    }
}
