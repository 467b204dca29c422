using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Configuration;

/// <summary>The guard's settings: what holds for every kind of terminating call, and what each kind sets otherwise.</summary>
/// <remarks>
/// A policy's mode replaces the guard's: a pilot may observe and enforce one kind alone, as well as leave one out. Only
/// <see cref="GuardMode.Off"/> of the guard is final, so that whoever switches the guard off in a hurry need not look for exceptions.
/// </remarks>
internal sealed record GuardOptions
{
    public GuardOptions(PolicyOptions common, PolicyOverrides stop, PolicyOverrides kill, PolicyOverrides restart, PolicyOverrides remove)
    {
        Common = common;
        StopOverrides = stop;
        KillOverrides = kill;
        RestartOverrides = restart;
        RemoveOverrides = remove;
        // Resolved once, so that a lookup on the way of a call allocates nothing.
        Stop = Resolve(stop);
        Kill = Resolve(kill);
        Restart = Resolve(restart);
        Remove = Resolve(remove);

        PolicyOptions Resolve(PolicyOverrides overrides) =>
            common.With(common.Mode == GuardMode.Off ? overrides with { Mode = GuardMode.Off } : overrides);
    }

    public static GuardOptions Default { get; } = new(
        PolicyOptions.Default, PolicyOverrides.None, PolicyOverrides.None, PolicyOverrides.None, PolicyOverrides.None);

    /// <summary>What holds where a policy says nothing.</summary>
    public PolicyOptions Common { get; }

    public PolicyOverrides StopOverrides { get; }

    public PolicyOverrides KillOverrides { get; }

    public PolicyOverrides RestartOverrides { get; }

    public PolicyOverrides RemoveOverrides { get; }

    /// <summary>The options for stop, every value decided.</summary>
    public PolicyOptions Stop { get; }

    /// <summary>The options for kill, every value decided.</summary>
    public PolicyOptions Kill { get; }

    /// <summary>The options for restart, every value decided.</summary>
    public PolicyOptions Restart { get; }

    /// <summary>The options for forced removal, every value decided.</summary>
    public PolicyOptions Remove { get; }

    /// <summary>The options for one kind of call, every value decided.</summary>
    public PolicyOptions For(Operation operation) => operation switch
    {
        Operation.Stop => Stop,
        Operation.Kill => Kill,
        Operation.Restart => Restart,
        Operation.Remove => Remove,
        _ => throw new ArgumentOutOfRangeException(nameof(operation)),
    };

    /// <summary>The same settings, with no mode above <paramref name="ceiling"/> anywhere.</summary>
    public GuardOptions AtMost(GuardMode ceiling)
    {
        return new(
            Common with { Mode = Least(Common.Mode) },
            Capped(StopOverrides),
            Capped(KillOverrides),
            Capped(RestartOverrides),
            Capped(RemoveOverrides));

        GuardMode Least(GuardMode mode) => mode < ceiling ? mode : ceiling;

        PolicyOverrides Capped(PolicyOverrides overrides) =>
            overrides.Mode is { } mode ? overrides with { Mode = Least(mode) } : overrides;
    }
}
