using DockerGuardProxy.Engine;
using Xunit;

namespace DockerGuardProxy.Tests.Engine;

public sealed class ChangingCallTests
{
    [Theory]
    [InlineData("/containers/web/db?%6cink=1")]
    [InlineData("/containers/web?force=1;link=1")]
    public void A_removal_that_may_mean_a_link_alone_is_left_to_the_event(string target) =>
        Assert.False(ChangingCall.TryRecognise("DELETE", target, out _));

    public static TheoryData<string, string, string> Calls => new()
    {
        { "POST", "/containers/create", "Create||-" },
        { "POST", "/v1.41/containers/create?name=web", "Create||web" },
        { "POST", "/v1.41/containers/create?platform=&name=%2Fw%65b+x&name=other", "Create||/web x" },
        { "POST", "/containers/create?xname=web&name", "Create||" },
        { "POST", "/containers/create?name=a;b&name=c", "Create||c" },
        { "POST", "/containers/web/start", "Start|web|-" },
        { "POST", "/v1.24/containers/web/start?detachKeys=x", "Start|web|-" },
        { "POST", "/containers/app/web/start", "Start|app/web|-" },
        { "POST", "/containers/w%65b/rename?name=%20app%20", "Rename|web|app" },
        { "POST", "/containers/web/rename", "Rename|web|-" },
        { "DELETE", "/v1.41/containers/web?force=1&v=1", "Remove|web|-" },
        { "DELETE", "/containers/app/web?link=1", "Unlink|app/web|-" },
        { "DELETE", "/containers/app/web?link=False", "Remove|app/web|-" },
        { "DELETE", "/containers/web?link=", "Remove|web|-" },
        { "DELETE", "/containers/app/web?force=1;link=1", "no" },
        { "DELETE", "/containers/web%2Fx", "Remove|web/x|-" },
        { "GET", "/containers/create", "no" },
        { "POST", "/containers/web/stop?t=1", "Stop|web|-" },
        { "POST", "/v1.41/containers/web/kill?signal=HUP", "Kill|web|-" },
        { "POST", "/v1.41/containers/app/web/restart", "Restart|app/web|-" },
        { "POST", "/containers/web/pause", "no" },
        { "POST", "/containers//start", "no" },
        { "POST", "/containers/start", "no" },
        { "POST", "/containers/create/", "no" },
        { "POST", "/images/create?fromImage=x", "no" },
        { "POST", "/vx/containers/create", "no" },
        { "POST", "/v/containers/create", "no" },
        { "POST", "/v1.41", "no" },
        { "POST", "*", "no" },
        { "DELETE", "/containers/", "no" },
        { "DELETE", "/networks/x", "no" },
        { "delete", "/containers/web", "no" },
        { "POST", "", "no" },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public void Calls_that_change_the_index_are_recognised(string method, string target, string expected)
    {
        var shown = ChangingCall.TryRecognise(method, target, out var call) ? $"{call.Kind}|{call.Reference}|{call.Name ?? "-"}" : "no";
        Assert.Equal(expected, shown);
    }

    [Fact]
    public void No_match_allocates_nothing()
    {
        string[] targets = ["/v1.41/containers/web/json", "/v1.41/containers/web/pause?t=10", "/_ping", "/v1.41/images/create?fromImage=x"];
        string[] methods = ["GET", "POST", "HEAD", "PUT"];
        ChangingCall.TryRecognise("POST", targets[0], out _);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            ChangingCall.TryRecognise(methods[i % 4], targets[i / 4 % 4], out _);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
