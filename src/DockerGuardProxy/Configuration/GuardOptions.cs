using DockerGuardProxy.Guard;

namespace DockerGuardProxy.Configuration;

/// <summary>The guard's settings as written: what holds for every kind of terminating call, and what each kind sets otherwise.</summary>
/// <remarks>
/// A policy's mode replaces the guard's: a pilot may observe and enforce one kind alone, as well as leave one out. Only
/// <see cref="GuardMode.Off"/> of the guard is final, so that whoever switches the guard off in a hurry need not look for exceptions.
/// </remarks>
internal sealed record GuardOptions
{
    public GuardOptions(GuardPolicy common, PolicyOverrides stop, PolicyOverrides kill, PolicyOverrides restart, PolicyOverrides remove)
    {
        Common = common;
        Stop = stop;
        Kill = kill;
        Restart = restart;
        Remove = remove;
        Policies = new GuardPolicies(common, Resolve(stop), Resolve(kill), Resolve(restart), Resolve(remove));

        GuardPolicy Resolve(PolicyOverrides overrides) =>
            (common.Mode == GuardMode.Off ? overrides with { Mode = GuardMode.Off } : overrides).On(common);
    }

    public static GuardOptions Default { get; } = new(
        GuardPolicy.Default, PolicyOverrides.None, PolicyOverrides.None, PolicyOverrides.None, PolicyOverrides.None);

    /// <summary>What holds where a policy says nothing.</summary>
    public GuardPolicy Common { get; }

    public PolicyOverrides Stop { get; }

    public PolicyOverrides Kill { get; }

    public PolicyOverrides Restart { get; }

    public PolicyOverrides Remove { get; }

    /// <summary>What it comes to, every value decided: what the guard takes.</summary>
    public GuardPolicies Policies { get; }

    /// <summary>The same settings, with no mode above <paramref name="ceiling"/> anywhere.</summary>
    public GuardOptions AtMost(GuardMode ceiling)
    {
        return new(Common with { Mode = Least(Common.Mode) }, Capped(Stop), Capped(Kill), Capped(Restart), Capped(Remove));

        GuardMode Least(GuardMode mode) => mode < ceiling ? mode : ceiling;

        PolicyOverrides Capped(PolicyOverrides overrides) =>
            overrides.Mode is { } mode ? overrides with { Mode = Least(mode) } : overrides;
    }
}
