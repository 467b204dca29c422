using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;

namespace DockerGuardProxy.Configuration;

/// <summary>The guard's settings as written: what holds for every kind of terminating call, what each kind sets otherwise, and the
/// other families.</summary>
/// <param name="Common">What holds where a policy says nothing.</param>
/// <param name="Overrides">What is set for each operation.</param>
/// <remarks>
/// A policy's mode replaces the guard's: a pilot may observe and enforce one kind alone, as well as leave one out. Only
/// <see cref="GuardMode.Off"/> of the guard is final, so that whoever switches the guard off in a hurry need not look for exceptions.
/// </remarks>
internal sealed record GuardOptions(GuardPolicy Common, PerOperation<PolicyOverrides> Overrides)
{
    public static GuardOptions Default { get; } = new(GuardPolicy.Default, new PerOperation<PolicyOverrides>(PolicyOverrides.None));

    /// <summary>What is set for the other families.</summary>
    public FamilyOptions Families { get; init; } = FamilyOptions.Default;

    /// <summary>Who is out of every family.</summary>
    public Exemptions Exempt { get; init; } = Exemptions.None;

    /// <summary>What it comes to, every value decided: what the guard takes. Made anew each time.</summary>
    public GuardPolicies Policies =>
        new(Common, Overrides.Select(Resolve)) { Families = Families.Under(Common.Mode), Exempt = Exempt };

    /// <summary>The same settings, with no mode above <paramref name="ceiling"/> anywhere.</summary>
    public GuardOptions AtMost(GuardMode ceiling)
    {
        return this with { Common = Least(Common), Overrides = Overrides.Select(Capped), Families = Families.AtMost(ceiling) };

        GuardPolicy Least(GuardPolicy policy) => policy.Mode < ceiling ? policy : policy with { Mode = ceiling };

        PolicyOverrides Capped(PolicyOverrides overrides) => overrides with { Values = Least(overrides.Values) };
    }

    private GuardPolicy Resolve(PolicyOverrides overrides)
    {
        var policy = overrides.On(Common);
        return Common.Mode == GuardMode.Off ? policy with { Mode = GuardMode.Off } : policy;
    }
}
