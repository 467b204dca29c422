using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Guard;

/// <summary>
/// When the engine sends SIGKILL for a call, on the ledger's clock (monotonic, so a wall clock that jumps changes nothing).
/// An unknown one keeps the start of its call: two unknown ones of the same container have the same StopTimeout, so the earlier
/// start is the earlier SIGKILL. Against a known one it compares as nothing.
/// </summary>
internal readonly record struct KillAt
{
    private readonly State _state;
    private readonly TimeSpan _time;

    private KillAt(State state, TimeSpan time) => (_state, _time) = (state, time);

    private enum State
    {
        Never,
        Known,
        Unknown,
    }

    /// <summary>SIGKILL never comes.</summary>
    public static KillAt Never { get; } = new(State.Never, default);

    /// <summary>True where the time is known.</summary>
    public bool IsKnown => _state == State.Known;

    /// <summary>True where the container's StopTimeout counts and is not known.</summary>
    public bool IsUnknown => _state == State.Unknown;

    /// <summary>The known time; null where it never comes or is unknown.</summary>
    public TimeSpan? Time => IsKnown ? _time : null;

    /// <summary>SIGKILL at <paramref name="time"/>.</summary>
    public static KillAt Known(TimeSpan time) => new(State.Known, time);

    /// <summary>SIGKILL at the container's unknown StopTimeout after <paramref name="start"/>.</summary>
    public static KillAt Unknown(TimeSpan start) => new(State.Unknown, start);

    /// <summary>The kill-at of a call that starts now.</summary>
    /// <param name="call">The call.</param>
    /// <param name="stopTimeout">The container's StopTimeout: negative is never, null unknown.</param>
    /// <param name="signal">The call's effective signal: a stop by SIGKILL kills at once, whatever its <c>t</c>.</param>
    /// <param name="now">Time on the ledger's clock.</param>
    public static KillAt Of(TerminatingCall call, TimeSpan? stopTimeout, string? signal, TimeSpan now)
    {
        if (call.Operation is Operation.Kill or Operation.Remove || signal is "KILL" or "9")
            return Known(now);
        return call.Grace.Kind switch
        {
            GraceKind.Never => Never,
            GraceKind.After => Known(now + call.Grace.Delay),
            _ when stopTimeout is null => Unknown(now),
            _ when stopTimeout < TimeSpan.Zero => Never,
            _ => Known(now + stopTimeout.Value),
        };
    }

    /// <summary>True where SIGKILL has surely been sent by now.</summary>
    public bool IsDue(TimeSpan now) => IsKnown && _time <= now;

    /// <summary>Row 4: known, and the other is later, never or unknown.</summary>
    public bool IsSoonerThan(KillAt other) => IsKnown && (!other.IsKnown || _time < other._time);

    /// <summary>Row 7: surely not after the other.</summary>
    public bool IsNoLaterThan(KillAt other) => other._state switch
    {
        State.Never => !IsUnknown,
        State.Known => IsKnown && _time <= other._time,
        _ => IsUnknown && _time <= other._time,
    };
}
