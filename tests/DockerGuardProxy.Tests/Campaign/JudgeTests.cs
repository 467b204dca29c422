using DockerGuardProxy.Campaign.Chaos;
using DockerGuardProxy.Campaign.Check;
using DockerGuardProxy.Campaign.Wire;
using Xunit;

namespace DockerGuardProxy.Tests.Campaign;

/// <summary>What a campaign takes for a fault, and what not: one that cries wolf is worth nothing, nor is one that never does.</summary>
public sealed class JudgeTests
{
    private static readonly CallFact Good = new(
        "POST", [204], CallEnd.Answered, 204, null, "", TimeSpan.FromSeconds(1),
        new Sighting(1, TimeSpan.Zero, TimeSpan.FromSeconds(1), 204), TimeSpan.Zero, Trouble.None);

    [Fact]
    public void An_expected_answer_of_the_engines_is_good() => Assert.Equal(Judgement.Good, Judge.Of(Good));

    [Theory]
    [InlineData(nameof(Trouble.None), nameof(JudgedAs.Broken))]
    [InlineData(nameof(Trouble.EngineSlow), nameof(JudgedAs.Broken))]
    [InlineData(nameof(Trouble.EngineAway), nameof(JudgedAs.AllowedFailure))]
    [InlineData(nameof(Trouble.ProxyAway), nameof(JudgedAs.AllowedFailure))]
    [InlineData(nameof(Trouble.NoDescriptors), nameof(JudgedAs.AllowedFailure))]
    public void A_connection_breaks_only_where_somebody_is_away(string trouble, string expected) =>
        Assert.Equal(expected, AsOf(Good with { End = CallEnd.Broken, Status = 0, Trouble = Enum.Parse<Trouble>(trouble) }));

    [Fact]
    public void Silence_is_never_allowed() => Assert.Equal(
        Invariant.NotDelayed, Judge.Of(Good with { End = CallEnd.Silent, Status = 0, Trouble = Trouble.EngineAway | Trouble.ProxyAway }).Invariant);

    [Theory]
    [InlineData("docker-guard-proxy is being restarted; ask again", nameof(Trouble.ProxyAway), nameof(JudgedAs.AllowedFailure))]
    [InlineData("docker-guard-proxy is being restarted; ask again", nameof(Trouble.EngineAway), nameof(JudgedAs.Broken))]
    [InlineData("container x cannot be ended by SIGKILL", nameof(Trouble.ProxyAway), nameof(JudgedAs.Broken))]
    public void The_guard_tells_a_healthy_container_only_to_ask_again_at_a_restart(string message, string trouble, string expected) => Assert.Equal(
        expected, AsOf(Good with { Status = 503, Decision = "refused", Message = message, Seen = null, Trouble = Enum.Parse<Trouble>(trouble) }));

    [Theory]
    [InlineData(nameof(Trouble.None), nameof(JudgedAs.Broken))]
    [InlineData(nameof(Trouble.ProxyAway), nameof(JudgedAs.Broken))]
    [InlineData(nameof(Trouble.EngineAway), nameof(JudgedAs.AllowedFailure))]
    public void A_lost_engine_is_told_of_only_where_it_is_lost(string trouble, string expected) =>
        Assert.Equal(expected, AsOf(Good with { Status = 502, Seen = null, Trouble = Enum.Parse<Trouble>(trouble) }));

    [Fact]
    public void Another_status_than_the_engines_is_a_fault_even_if_it_is_expected()
    {
        var judgement = Judge.Of(Good with { Seen = Good.Seen! with { Status = 500 } });
        Assert.Equal((JudgedAs.Broken, Invariant.AnswerIsTheEngines), (judgement.As, judgement.Invariant));
    }

    [Theory]
    [InlineData(nameof(Trouble.None), nameof(JudgedAs.EnginesOwnError))]
    [InlineData(nameof(Trouble.EngineSlow), nameof(JudgedAs.AllowedFailure))]
    public void An_error_that_the_engine_gave_itself_is_its_own(string trouble, string expected) =>
        Assert.Equal(expected, AsOf(Good with { Status = 500, Seen = Good.Seen! with { Status = 500 }, Trouble = Enum.Parse<Trouble>(trouble) }));

    [Theory]
    [InlineData(400, """{"message":"unexpected EOF"}""", nameof(JudgedAs.Broken))]
    [InlineData(400, """{"message":"invalid reference format"}""", nameof(JudgedAs.EnginesOwnError))]
    [InlineData(500, """{"message":"error reading from server: EOF"}""", nameof(JudgedAs.EnginesOwnError))]
    public void An_error_about_a_body_that_broke_off_is_not_the_engines_own(int status, string message, string expected) =>
        Assert.Equal(expected, AsOf(Good with { Status = status, Message = message, Seen = Good.Seen! with { Status = status } }));

    [Fact]
    public void An_error_that_the_engine_did_not_give_is_a_fault() =>
        Assert.Equal(Invariant.AnswerIsTheEngines, Judge.Of(Good with { Status = 404, Seen = null }).Invariant);

    [Theory]
    [InlineData(5.9, nameof(Trouble.None), nameof(JudgedAs.Good))]
    [InlineData(6.1, nameof(Trouble.None), nameof(JudgedAs.Broken))]
    [InlineData(6.1, nameof(Trouble.ProxyAway), nameof(JudgedAs.Good))]
    [InlineData(31.1, nameof(Trouble.ProxyAway), nameof(JudgedAs.Broken))]
    [InlineData(60, nameof(Trouble.EngineSlow), nameof(JudgedAs.Good))]
    public void The_engines_own_time_is_not_counted(double took, string trouble, string expected) =>
        Assert.Equal(expected, AsOf(Good with { Took = TimeSpan.FromSeconds(took), Trouble = Enum.Parse<Trouble>(trouble) }));

    [Theory]
    [InlineData(12.9, nameof(JudgedAs.Good))]
    [InlineData(14.1, nameof(JudgedAs.Broken))]
    public void Nor_is_it_blamed_for_a_machine_that_lets_everybody_wait(double took, string expected) =>
        Assert.Equal(expected, AsOf(Good with { Took = TimeSpan.FromSeconds(took), Lag = TimeSpan.FromSeconds(1) }));

    private static string AsOf(CallFact call) => Judge.Of(call).As.ToString();
}
