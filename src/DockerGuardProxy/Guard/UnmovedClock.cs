namespace DockerGuardProxy.Guard;

/// <summary>Measures how long nothing has moved. Immutable; begins anew with whatever is seen to be another than before.</summary>
/// <param name="Unread">Bytes that wait.</param>
/// <param name="Moves">How often a wait has ended.</param>
/// <param name="Since">When this was first seen.</param>
internal readonly record struct UnmovedClock(long Unread, int Moves, TimeSpan Since)
{
    /// <summary>What is seen now.</summary>
    public UnmovedClock With(long unread, int moves, TimeSpan now) => unread == Unread && moves == Moves ? this : new(unread, moves, now);
}
