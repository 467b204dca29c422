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
            GuardOptions.Default.Overrides.With(Operation.Remove, Mode(policy)));
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
                GuardOptions.Default.Overrides
                    .With(
                        Operation.Stop,
                        ConfigurationSamples.Overrides(
                            p => p with { Mode = stop ?? p.Mode, MaxInFlight = 7 }, stop is null ? ["maxInFlight"] : ["mode", "maxInFlight"]))
                    .With(Operation.Kill, Mode(kill)));
            var capped = guard.AtMost(ceiling);
            return capped.Policies.Each[Operation.Stop].MaxInFlight == 7
                && Enum.GetValues<Operation>().All(o =>
                    capped.Policies.For(o).Mode == (GuardMode)Math.Min((int)guard.Policies.For(o).Mode, (int)ceiling));
        });
    }

    [Fact]
    public void The_other_families_take_the_guards_mode_where_they_have_none()
    {
        Assert.Equal(
            (GuardMode.Enforce, GuardMode.Observe, GuardMode.Enforce, GuardMode.Enforce, GuardMode.Observe), Modes(GuardOptions.Default));
        Assert.Equal(
            (GuardMode.Observe, GuardMode.Enforce, GuardMode.Observe, GuardMode.Off, GuardMode.Observe),
            Modes(Under(GuardMode.Observe) with { Families = new FamilyOptions { Tell = GuardMode.Enforce, Streams = GuardMode.Off } }));
        Assert.Equal(
            (GuardMode.Off, GuardMode.Off, GuardMode.Enforce, GuardMode.Enforce, GuardMode.Enforce),
            Modes(Under(GuardMode.Enforce) with
            {
                Families = new FamilyOptions { Lock = GuardMode.Off, Tell = GuardMode.Enforce, Transfers = GuardMode.Enforce },
            }));
    }

    [Fact]
    public void No_family_is_above_the_guards_off_or_the_ceiling()
    {
        var all = new FamilyOptions
        {
            Lock = GuardMode.Enforce, Tell = GuardMode.Enforce, Stats = GuardMode.Enforce, Streams = GuardMode.Enforce, Transfers = GuardMode.Enforce,
        };
        var off = (GuardMode.Off, GuardMode.Off, GuardMode.Off, GuardMode.Off, GuardMode.Off);
        var observe = (GuardMode.Observe, GuardMode.Observe, GuardMode.Observe, GuardMode.Observe, GuardMode.Observe);
        Assert.Equal(off, Modes(Under(GuardMode.Off) with { Families = all }));
        Assert.Equal(off, Modes((Under(GuardMode.Enforce) with { Families = all }).AtMost(GuardMode.Off)));
        Assert.Equal(observe, Modes((Under(GuardMode.Enforce) with { Families = all }).AtMost(GuardMode.Observe)));
        Assert.Equal(observe, Modes(GuardOptions.Default.AtMost(GuardMode.Observe)));
    }

    private static GuardOptions Under(GuardMode mode) => GuardOptions.Default with { Common = GuardPolicy.Default with { Mode = mode } };

    private static (GuardMode Lock, GuardMode Tell, GuardMode Stats, GuardMode Streams, GuardMode Transfers) Modes(GuardOptions options)
    {
        var families = options.Policies.Families;
        return (families.Lock.Mode, families.Lock.Tell.Mode, families.Stats.Mode, families.Streams.Mode, families.Transfers.Mode);
    }

    private static PolicyOverrides Mode(GuardMode? mode) =>
        mode is { } set ? ConfigurationSamples.Overrides(p => p with { Mode = set }, "mode") : PolicyOverrides.None;
}
