using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Guard;

/// <summary>One whole configuration of the guard. Swapped as a whole, so no call meets a mixture.</summary>
/// <param name="Guard">
/// The settings of the guard itself: what the policies inherit, and the patience by which status and telemetry call a container
/// stuck. Its mode <see cref="GuardMode.Off"/> switches every policy off; any other mode is only what a policy inherits.
/// </param>
/// <param name="Stop">Policy of stop.</param>
/// <param name="Kill">Policy of kill.</param>
/// <param name="Restart">Policy of restart.</param>
/// <param name="Remove">Policy of forced removal.</param>
internal sealed record GuardPolicies(GuardPolicy Guard, GuardPolicy Stop, GuardPolicy Kill, GuardPolicy Restart, GuardPolicy Remove)
{
    private static readonly GuardPolicy OffPolicy = GuardPolicy.Default with { Mode = GuardMode.Off };

    /// <summary>The shipped settings.</summary>
    public static GuardPolicies Default { get; } = All(GuardPolicy.Default);

    /// <summary>The same policy for every operation.</summary>
    public static GuardPolicies All(GuardPolicy policy) => new(policy, policy, policy, policy, policy);

    /// <summary>The policy that counts for a call.</summary>
    public GuardPolicy For(Operation operation) => Guard.Mode == GuardMode.Off ? OffPolicy : operation switch
    {
        Operation.Stop => Stop,
        Operation.Kill => Kill,
        Operation.Restart => Restart,
        Operation.Remove => Remove,
        _ => OffPolicy,
    };
}
