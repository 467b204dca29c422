using CsCheck;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Configuration;
using Xunit;

namespace DockerGuardProxy.Tests.Configuration;

public sealed class GuardOptionsTests
{
    [Fact]
    public void No_mode_is_above_the_ceiling_and_none_is_raised()
    {
        var modes = Gen.Enum<GuardMode>();
        Gen.Select(modes, modes.Nullable(), modes.Nullable(), modes).Sample((common, stop, kill, ceiling) =>
        {
            var guard = new GuardOptions(
                PolicyOptions.Default with { Mode = common },
                new PolicyOverrides { Mode = stop, MaxInFlight = 7 },
                new PolicyOverrides { Mode = kill },
                PolicyOverrides.None, PolicyOverrides.None);
            var capped = guard.AtMost(ceiling);
            return capped.For(Operation.Stop).MaxInFlight == 7
                && Enum.GetValues<Operation>().All(o =>
                    capped.For(o).Mode == (GuardMode)Math.Min((int)guard.For(o).Mode, (int)ceiling)
                    && capped.For(o).Patience == guard.For(o).Patience);
        });
    }
}
