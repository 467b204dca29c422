using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Guard;

/// <summary>One whole configuration of the guard. Swapped as a whole, so no call meets a mixture.</summary>
/// <param name="Guard">
/// The settings of the guard itself: what the policies inherit, and the patience by which status and telemetry call a container
/// stuck. Its mode <see cref="GuardMode.Off"/> switches every policy off; any other mode is only what a policy inherits.
/// </param>
/// <param name="Each">The policy of each operation.</param>
internal sealed record GuardPolicies(GuardPolicy Guard, PerOperation<GuardPolicy> Each)
{
    private static readonly GuardPolicy OffPolicy = GuardPolicy.Default with { Mode = GuardMode.Off };

    /// <summary>The shipped settings.</summary>
    public static GuardPolicies Default { get; } = All(GuardPolicy.Default);

    /// <summary>Those of the other families, each with the mode that counts.</summary>
    public FamilyPolicies Families { get; init; } = FamilyPolicies.Default;

    /// <summary>Who is out of every family.</summary>
    public Exemptions Exempt { get; init; } = Exemptions.None;

    /// <summary>The same policy for every operation, and its mode for the other families.</summary>
    public static GuardPolicies All(GuardPolicy policy) =>
        new(policy, new PerOperation<GuardPolicy>(policy)) { Families = FamilyPolicies.Under(policy.Mode) };

    /// <summary>The policy that counts for a call.</summary>
    public GuardPolicy For(Operation operation) => Guard.Mode == GuardMode.Off ? OffPolicy : Each[operation];
}
