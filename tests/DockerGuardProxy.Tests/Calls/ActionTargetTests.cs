using System.Text;
using DockerGuardProxy.Calls;
using Xunit;

namespace DockerGuardProxy.Tests.Calls;

public sealed class ActionTargetTests
{
    private static readonly string Id = "0123456789abcdef".PadRight(64, '0');

    public static TheoryData<string, string, string> Targets => new()
    {
        { "POST", "/containers/web/stop", $"/containers/{Id}/stop" },
        { "POST", "/v1.41/containers/web/kill?signal=KILL", $"/v1.41/containers/{Id}/kill?signal=KILL" },
        { "POST", "/v1.41/containers/web/restart?", $"/v1.41/containers/{Id}/restart" },
        { "POST", "http://docker/v1.24/containers%2Fapp%2Fdb%2Fstop?t=%31&x=\u00ff", $"/v1.24/containers/{Id}/stop?t=%31&x=\u00ff" },
        { "POST", "/containers/a/stop/stop", $"/containers/{Id}/stop" },
        { "DELETE", "/containers/web?force=1&v=1", $"/containers/{Id}?force=1&v=1" },
        { "DELETE", "/containers/app/db?force=1", $"/containers/{Id}?force=1" },
        { "DELETE", "/containers/app/stop?force=1", $"/containers/{Id}?force=1" },
        { "DELETE", "/containers/app/kill?force=1", $"/containers/{Id}?force=1" },
        { "POST", "/containers/containers/kill", $"/containers/{Id}/kill" },
    };

    [Theory]
    [MemberData(nameof(Targets))]
    public void The_name_alone_is_replaced(string method, string target, string expected) =>
        Assert.Equal(expected, ActionTarget.WithId(method, target, Id));

    [Theory]
    [InlineData("POST", "/containers/web/start")]
    [InlineData("POST", "containers/web/stop")]
    [InlineData("DELETE", "/images/web")]
    public void What_is_no_call_is_refused(string method, string target) =>
        Assert.Throws<ArgumentException>(() => ActionTarget.WithId(method, target, Id));

    [Fact]
    public void Every_spelling_of_a_call_stays_the_same_call_under_the_full_id()
    {
        foreach (var engine in new[] { default, new ApiRange(new(1, 12), new(1, 41)), new ApiRange(new(1, 24), new(1, 45)) })
        {
            foreach (var row in Spellings.All)
            {
                if (Decide(row, row.RawTarget, engine) is not { } call) continue;

                var target = ActionTarget.WithId(row.Method, row.RawTarget, Id);
                Assert.True(call with { Reference = Id } == Decide(row, target, engine), $"{row.Label} -> {target}");
            }
        }
    }

    private static TerminatingCall? Decide(Spelling row, string target, ApiRange engine)
    {
        var first = CallClassifier.Classify(row.Method, target, row.ContentType, !string.IsNullOrEmpty(row.Body), engine);
        return first.Kind == ClassificationKind.NeedsBody
            ? CallClassifier.ClassifyForm(target, row.ContentType, Encoding.Latin1.GetBytes(row.Body!), engine).Call
            : first.Call;
    }
}
