using CsCheck;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Guard;
using Xunit;

namespace DockerGuardProxy.Tests.Configuration;

public sealed class GuardOptionsTests
{
    [Theory]
    [InlineData(GuardMode.Observe, GuardMode.Enforce, GuardMode.Enforce)]
    [InlineData(GuardMode.Enforce, GuardMode.Off, GuardMode.Off)]
    [InlineData(GuardMode.Enforce, null, GuardMode.Enforce)]
    [InlineData(GuardMode.Off, GuardMode.Enforce, GuardMode.Off)]
    internal void A_policy_replaces_any_mode_but_off(GuardMode common, GuardMode? policy, GuardMode expected)
    {
        var guard = new GuardOptions(
            GuardPolicy.Default with { Mode = common },
            PolicyOverrides.None, PolicyOverrides.None, PolicyOverrides.None,
            Mode(policy));
        Assert.Equal(expected, guard.Policies.For(Operation.Remove).Mode);
        Assert.Equal(common, guard.Policies.For(Operation.Stop).Mode);
    }

    [Fact]
    public void No_mode_is_above_the_ceiling_and_none_is_raised()
    {
        var modes = Gen.Enum<GuardMode>();
        Gen.Select(modes, modes.Nullable(), modes.Nullable(), modes).Sample((common, stop, kill, ceiling) =>
        {
            var guard = new GuardOptions(
                GuardPolicy.Default with { Mode = common },
                ConfigurationSamples.Overrides(
                    p => p with { Mode = stop ?? p.Mode, MaxInFlight = 7 }, stop is null ? ["maxInFlight"] : ["mode", "maxInFlight"]),
                Mode(kill),
                PolicyOverrides.None, PolicyOverrides.None);
            var capped = guard.AtMost(ceiling);
            return capped.Policies.Stop.MaxInFlight == 7
                && Enum.GetValues<Operation>().All(o =>
                    capped.Policies.For(o).Mode == (GuardMode)Math.Min((int)guard.Policies.For(o).Mode, (int)ceiling));
        });
    }

    private static PolicyOverrides Mode(GuardMode? mode) =>
        mode is { } set ? ConfigurationSamples.Overrides(p => p with { Mode = set }, "mode") : PolicyOverrides.None;
}
