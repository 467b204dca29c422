using DockerGuardProxy.Admin;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Guard;
using Xunit;
using static DockerGuardProxy.Tests.Engine.Samples;

namespace DockerGuardProxy.Tests.Admin;

public sealed class AdminApiTests
{
    [Theory]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", "/v1", 404)]
    [InlineData("GET", "/v1/Status", 404)]
    [InlineData("GET", "/v1/status/", 404)]
    [InlineData("GET", "/v1/status?watch=1", 200)]
    [InlineData("POST", "/v1/status", 405)]
    [InlineData("GET", "/v1/reload", 405)]
    [InlineData("GET", "/v1/release/web", 405)]
    [InlineData("POST", "/v1/release/", 404)]
    [InlineData("POST", "/v1/release/%", 404)]
    [InlineData("GET", "/v1/health", 200)]
    [InlineData("GET", "/v1/decisions", 200)]
    [InlineData("GET", "/v1/configuration", 200)]
    [InlineData("POST", "/v1/decisions", 405)]
    public async Task Routes(string method, string path, int status)
    {
        await using var rig = await AdminRig.StartAsync();
        Assert.Equal(status, (await rig.AskAsync(new HttpMethod(method), path)).Status);
    }

    [Fact]
    public async Task It_is_ready_while_the_engine_answers()
    {
        await using var rig = await AdminRig.StartAsync();
        Assert.Equal((503, "the engine does not answer"), await StateAsync(rig));
        rig.TakeList();
        Assert.Equal((200, "ok"), await StateAsync(rig));
        rig.Index.LoseTrack();
        Assert.Equal(503, (await StateAsync(rig)).Status);
    }

    [Fact]
    public async Task Reload_tells_what_came_of_it()
    {
        await using var rig = await AdminRig.StartAsync();
        rig.Folder.With("""{ "guard": { "mode": "observe" }, "engine": { "path": "/x.sock" } }""");
        var (status, report) = await ReloadAsync(rig);
        Assert.Equal((200, true, "engine.path"), (status, report.Valid, string.Join(' ', report.PendingRestart)));
        Assert.Empty(report.Errors);
        Assert.Equal(GuardMode.Observe, rig.Store.Current.Guard.Common.Mode);

        rig.Folder.With("""{ "guard": { "mode": "x" } }""");
        (status, report) = await ReloadAsync(rig);
        Assert.Equal((422, false), (status, report.Valid));
        Assert.Equal("guard.mode: \"x\" is none of off, observe, enforce", Assert.Single(report.Errors));
        Assert.Equal(GuardMode.Observe, rig.Store.Current.Guard.Common.Mode);
        Assert.Equal(report.Errors, rig.Source.Read().Configuration.Failure!.Errors);
    }

    [Theory]
    [InlineData("web")]
    [InlineData("/web")]
    [InlineData("c1")]
    public async Task Release_ends_a_back_off_and_the_next_attempt_is_sent(string reference)
    {
        await using var rig = await AdminRig.StartAsync();
        rig.TakeList(Listed("c1", true, "/web"));
        rig.BecomeStuck();
        Assert.Single(rig.Guard.Sent);

        Assert.Equal((200, new ReleaseReport(Id("c1"), "web", Released: true)), await ReleaseAsync(rig, reference));
        Assert.Equal(2, rig.Guard.Sent.Count);
        Assert.Equal($"An operator released the back-off of container web ({Id("c1")}).", Assert.Single(rig.Log.Texts(1302)));
        Assert.False((await ReleaseAsync(rig, reference)).Report.Released);
    }

    [Fact]
    public async Task Release_finds_a_container_while_the_index_knows_none()
    {
        await using var rig = await AdminRig.StartAsync();
        rig.BecomeStuck();
        Assert.True((await ReleaseAsync(rig, "web")).Report.Released);
    }

    [Fact]
    public async Task Release_of_an_unclear_or_unknown_container_fails()
    {
        await using var rig = await AdminRig.StartAsync();
        rig.TakeList(Listed("c1", true, "/web"), Listed("c2", true, "/db"));
        Assert.Equal((409, "more than one container has an id that begins with c"), await ErrorAsync(rig, "c"));
        Assert.Equal((404, "no container is called nö\u001b"), await ErrorAsync(rig, "nö\u001b"));
    }

    private static async Task<(int Status, string State)> StateAsync(AdminRig rig)
    {
        var answer = await rig.AskAsync(HttpMethod.Get, "/v1/ready");
        return (answer.Status, Read(answer, ReportJson.Default.StateReport).State);
    }

    private static async Task<(int Status, ReloadReport Report)> ReloadAsync(AdminRig rig)
    {
        var answer = await rig.AskAsync(HttpMethod.Post, "/v1/reload");
        return (answer.Status, Read(answer, ReportJson.Default.ReloadReport));
    }

    private static async Task<(int Status, ReleaseReport Report)> ReleaseAsync(AdminRig rig, string reference)
    {
        var answer = await rig.AskAsync(HttpMethod.Post, "/v1/release/" + Uri.EscapeDataString(reference));
        return (answer.Status, Read(answer, ReportJson.Default.ReleaseReport));
    }

    private static async Task<(int Status, string Message)> ErrorAsync(AdminRig rig, string reference)
    {
        var answer = await rig.AskAsync(HttpMethod.Post, "/v1/release/" + Uri.EscapeDataString(reference));
        return (answer.Status, Read(answer, ReportJson.Default.ErrorReport).Message);
    }

    private static T Read<T>(AdminAnswer answer, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        System.Text.Json.JsonSerializer.Deserialize(answer.Body.Span, type)!;
}
