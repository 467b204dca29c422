using DockerGuardProxy.Guard;

namespace DockerGuardProxy.Configuration;

/// <summary>The settings of the families beside the terminating calls, as written. The modes within the policies mean nothing here.</summary>
internal sealed record FamilyOptions
{
    public static FamilyOptions Default { get; } = new();

    /// <summary>All but the modes.</summary>
    public FamilyPolicies Policies { get; init; } = FamilyPolicies.Default;

    /// <summary>The mode of <c>lock</c>; null for the guard's.</summary>
    public GuardMode? Lock { get; init; }

    /// <summary>The mode of <c>lock.tell</c>; null for the guard's.</summary>
    public GuardMode? Tell { get; init; } = GuardMode.Observe;

    /// <summary>The mode of <c>stats</c>; null for the guard's.</summary>
    public GuardMode? Stats { get; init; }

    /// <summary>The mode of <c>streams</c>; null for the guard's.</summary>
    public GuardMode? Streams { get; init; }

    /// <summary>The mode of <c>transfers</c>; null for the guard's.</summary>
    public GuardMode? Transfers { get; init; } = GuardMode.Observe;

    /// <summary>What it comes to under a guard of some mode.</summary>
    public FamilyPolicies Under(GuardMode guard) => Policies.With(guard, Lock, Tell, Stats, Streams, Transfers);

    /// <summary>The same settings, with no mode above <paramref name="ceiling"/>.</summary>
    public FamilyOptions AtMost(GuardMode ceiling)
    {
        return this with
        {
            Lock = Least(Lock),
            Tell = Least(Tell),
            Stats = Least(Stats),
            Streams = Least(Streams),
            Transfers = Least(Transfers),
        };

        GuardMode? Least(GuardMode? mode) => mode > ceiling ? ceiling : mode;
    }
}
