using System.Text;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Guard;
using Xunit;

namespace DockerGuardProxy.Tests.Configuration;

public sealed class FamilySettingsTests
{
    [Fact]
    public void All_of_them_are_read()
    {
        var guard = Read("""
            { "guard": {
              "policies": {
                "lock": { "mode": "observe", "maxUnanswered": 8, "slow": "3s", "maxWaiting": { "container": 1, "node": 2 },
                          "tell": { "mode": "enforce", "callers": ["a", "b"], "after": "1s", "repeat": "2s" } },
                "stats": { "maxUnanswered": 3, "slow": "4s" },
                "streams": { "stall": "7s", "ended": "6s", "maxRest": { "stream": "1MiB", "node": "2MiB" } },
                "transfers": { "mode": "enforce", "stall": "1m" }
              },
              "exempt": { "labels": { "com.example.free": "yes", "b": "" }, "callers": ["backup"] }
            } }
            """).Policies;
        var (held, stats, streams) = (guard.Families.Lock, guard.Families.Stats, guard.Families.Streams);
        Assert.Equal((GuardMode.Observe, 8, 3), (held.Mode, held.MaxUnanswered, held.Slow.Seconds));
        Assert.Equal((1, 2), (held.MaxWaitingPerContainer, held.MaxWaitingOnNode));
        Assert.Equal((GuardMode.Enforce, 1, 2), (held.Tell.Mode, held.Tell.After.Seconds, held.Tell.Repeat.Seconds));
        Assert.Equal(["a", "b"], held.Tell.Callers);
        Assert.Equal((GuardMode.Enforce, 3, 4), (stats.Mode, stats.MaxUnanswered, stats.Slow.Seconds));
        Assert.Equal((7, 6, 1L << 20, 2L << 20), (streams.Stall.Seconds, streams.Ended.Seconds, streams.MaxRestPerStream, streams.MaxRestOnNode));
        Assert.Equal((GuardMode.Enforce, 1), (guard.Families.Transfers.Mode, guard.Families.Transfers.Stall.Minutes));
        Assert.Equal([new("b", ""), new("com.example.free", "yes")], guard.Exempt.Labels.ToArray());
        Assert.Equal(["backup"], guard.Exempt.Callers);
    }

    [Theory]
    [InlineData("""{ "lock": { "maxUnanswered": 0 } }""", "guard.policies.lock.maxUnanswered: \"0\" is not a whole number from 1 to 64")]
    [InlineData(
        """{ "lock": { "maxUnanswered": 99999999999999999999 } }""",
        "guard.policies.lock.maxUnanswered: \"99999999999999999999\" is not a whole number from 1 to 64")]
    [InlineData(
        """{ "lock": { "maxWaiting": { "container": -1 } } }""",
        "guard.policies.lock.maxWaiting.container: \"-1\" is not a whole number from 0 to 1000000")]
    [InlineData("""{ "transfers": { "stall": "9000h" } }""", "guard.policies.transfers.stall: 9000h is not from 1s to 24h")]
    [InlineData("""{ "lock": { "slow": "0s" } }""", "guard.policies.lock.slow: 0s is not from 100ms to 1h")]
    [InlineData("""{ "lock": { "tell": 1 } }""", "guard.policies.lock.tell: must be an object")]
    [InlineData(
        """{ "lock": { "tell": { "callers": ["a-name-of-sixteen"] } } }""",
        "guard.policies.lock.tell.callers[0]: \"a-name-of-sixteen\" is longer than the 15 bytes of a name that the kernel keeps")]
    [InlineData(
        """{ "streams": { "maxRest": { "stream": "8MB" } } }""",
        "guard.policies.streams.maxRest.stream: \"8MB\" is not a size such as 8MiB, 512KiB or 0")]
    [InlineData("""{ "streams": { "maxRest": { "node": "17GiB" } } }""", "guard.policies.streams.maxRest.node: 17GiB is not from 0 to 16GiB")]
    [InlineData("""{ "transfers": { "mode": "on" } }""", "guard.policies.transfers.mode: \"on\" is none of off, observe, enforce")]
    [InlineData(
        """{ "stats": { "maxUnansweredd": 1 } }""",
        "guard.policies.stats.maxUnansweredd: unknown key; did you mean guard.policies.stats.maxUnanswered?")]
    public void What_is_wrong_is_named(string policies, string error) =>
        Assert.Equal([error], Errors($$"""{ "guard": { "policies": {{policies}} } }"""));

    [Fact]
    public void A_label_may_be_any_name_but_has_one_text()
    {
        Assert.Equal(
            ["guard.exempt.labels.a.b: must be one text"],
            Errors("""{ "guard": { "exempt": { "labels": { "a.b": { "c": "1" }, "d": "e" } } } }"""));
        Assert.Empty(Read("""{ "guard": { "exempt": { "labels": {}, "callers": [] } } }""").Exempt.Labels);
    }

    [Fact]
    public void The_command_line_and_the_environment_give_labels_in_one_text()
    {
        var tree = ConfigurationTree.Build(
            Encoding.UTF8.GetBytes("""{ "guard": { "exempt": { "labels": { "a": "1" } } } }"""), null,
            new Dictionary<string, string?> { ["guard.exempt.labels"] = "b=2=3, c" });
        var (configuration, errors) = OptionsReader.Read(tree);
        Assert.Empty(errors);
        Assert.Equal([new("b", "2=3"), new("c", "")], configuration.Guard.Exempt.Labels.ToArray());
    }

    [Fact]
    public void A_label_frees_its_containers()
    {
        var exempt = Read("""{ "guard": { "exempt": { "labels": { "any": "", "one": "x" } } } }""").Exempt;
        Assert.True(exempt.Frees(new Dictionary<string, string> { ["any"] = "y" }));
        Assert.True(exempt.Frees(new Dictionary<string, string> { ["one"] = "x" }));
        Assert.False(exempt.Frees(new Dictionary<string, string> { ["one"] = "y" }));
        Assert.False(exempt.Frees(null));
        Assert.False(Exemptions.None.Frees(new Dictionary<string, string> { ["any"] = "y" }));
    }

    private static GuardOptions Read(string json)
    {
        var loaded = ConfigurationLoader.LoadAlone(Encoding.UTF8.GetBytes(json), "test");
        Assert.Empty(loaded.Errors);
        return loaded.Configuration.Guard;
    }

    private static IEnumerable<string> Errors(string json) =>
        ConfigurationLoader.LoadAlone(Encoding.UTF8.GetBytes(json), "test").Errors.Select(error => error.ToString());
}
