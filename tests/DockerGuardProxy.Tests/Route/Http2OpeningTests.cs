using System.Net;
using DockerGuardProxy.Tests.Hosting;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

/// <summary>Connections that begin with the preface of HTTP/2, towards engines that speak it and engines that do not.</summary>
public sealed class Http2OpeningTests : ProxiedTests
{
    private const string Answer = "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno\nHTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request";

    [Fact]
    public async Task An_engine_that_speaks_no_HTTP_2_answers_for_itself()
    {
        await Client.SendAsync(Http2Frames.Preface + Http2Frames.Settings + Http2Frames.Call(1, "POST", "/containers/x/kill"));
        var engine = await Engine.AcceptAsync();
        Assert.Equal(Http2Frames.Preface + Http2Frames.Settings, await engine.TextAsync(33));
        await engine.SendAsync(Answer);
        Assert.Equal(Answer, await Client.TextAsync(Answer.Length));
        Assert.True(engine.IsSilent);
        engine.Dispose();
        Assert.Equal("", await Client.RestAsync());
        Assert.True(Engine.IsQuiet);
    }

    [Fact]
    public async Task Of_the_client_only_the_preface_goes_there()
    {
        const string smuggled = "\r\nPOST /containers/x/kill HTTP/1.1\r\nHost: h\r\n\r\n";
        await Client.SendAsync(Http2Frames.Preface + Http2Frames.Frame(4, 0, 0, smuggled) + smuggled);
        var engine = await Engine.AcceptAsync();
        Assert.Equal(Http2Frames.Preface + Http2Frames.Settings, await engine.TextAsync(33));
        await engine.SendAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        await Client.HeadAsync();
        await Client.SendAsync(smuggled);
        Client.HalfClose();
        Client.Dispose();
        Assert.Equal("", await engine.RestAsync());
        Assert.True(Engine.IsQuiet);
    }

    [Fact]
    public async Task What_is_no_preface_after_all_does_not_go_there_either()
    {
        await Client.SendAsync("PRI * HTTP/2.0\r\n\r\n");
        var engine = await Engine.AcceptAsync();
        Assert.Equal("PRI * HTTP/2.0\r\n\r\n", await engine.TextAsync(18));
        await Client.SendAsync("SM\r\nPOST /containers/x/kill HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.Equal("SM\r\n", await engine.RestAsync());
        await engine.SendAsync(Answer);
        engine.Dispose();
        Assert.Equal(Answer, await Client.RestAsync());
    }

    [Fact]
    public async Task An_engine_that_closes_without_a_word_does_so_here()
    {
        await Client.SendAsync(Http2Frames.Preface);
        (await Engine.AcceptAsync()).Dispose();
        Assert.Equal("", await Client.RestAsync());
    }

    [Fact]
    public async Task A_client_that_leaves_a_silent_engine_frees_its_connection()
    {
        await Client.SendAsync(Http2Frames.Preface + Http2Frames.Settings);
        var engine = await Engine.AcceptAsync();
        await engine.TextAsync(33);
        Client.Dispose();
        Assert.Equal("", await engine.RestAsync());
    }

    [Fact]
    public async Task An_engine_that_begins_with_SETTINGS_is_spoken_to_in_HTTP_2()
    {
        await Client.SendAsync(Http2Frames.Preface + Http2Frames.Settings + Http2Frames.Call(1, "GET", "/_ping"));
        var asked = await Engine.AcceptAsync();
        await asked.TextAsync(33);
        await asked.SendAsync(Http2Frames.Settings);
        Assert.Equal("", await asked.RestAsync());
        var engine = await Engine.AcceptAsync();
        Assert.Equal(Http2Frames.Preface, await engine.TextAsync(24));
        var (flags, stream, payload) = await engine.UntilAsync(Http2Frames.Headers);
        Assert.Equal((5, 1), (flags, stream));
        Assert.Contains("/_ping", payload, StringComparison.Ordinal);
        // :status 204, indexed.
        await engine.SendAsync(Http2Frames.Settings + Http2Frames.Frame(Http2Frames.Headers, 5, 1, "\x89"));
        Assert.Equal((5, 1), (await Client.UntilAsync(Http2Frames.Headers)) is var answer ? (answer.Flags, answer.Stream) : default);
    }

    [Fact]
    public async Task The_engines_GOAWAY_is_passed_on()
    {
        await Client.SendAsync(Http2Frames.Preface + Http2Frames.Settings + Http2Frames.Call(1, "GET", "/events"));
        var asked = await Engine.AcceptAsync();
        await asked.SendAsync(Http2Frames.Settings);
        var engine = await Engine.AcceptAsync();
        await engine.TextAsync(Http2Frames.Preface.Length);
        await engine.UntilAsync(Http2Frames.Headers);
        await engine.SendAsync(Http2Frames.Settings + Http2Frames.GoAway(1));
        await Client.UntilAsync(Http2Frames.GoAwayType);
        await engine.SendAsync(Http2Frames.Frame(Http2Frames.Headers, 5, 1, "\x89"));
        Assert.Equal(1, (await Client.UntilAsync(Http2Frames.Headers)).Stream);
        await Client.RestAsync();
    }

    [Fact]
    public async Task A_preface_behind_a_call_is_no_way_in()
    {
        await Client.SendAsync("GET /x HTTP/1.1\r\nHost: h\r\n\r\n" + Http2Frames.Preface + Http2Frames.Settings);
        var engine = await Engine.AcceptAsync();
        await engine.HeadAsync();
        await engine.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        await Client.RestAsync();
        Assert.True(engine.IsSilent || await engine.RestAsync() == "");
        Assert.True(Engine.IsQuiet);
    }

    [Fact]
    public async Task Where_there_is_no_engine_each_call_reads_so()
    {
        Engine.Dispose();
        File.Delete(Rig.EnginePath);
        using var client = Http2Client.To(Rig.SocketPath);
        using var answer = await client.CallAsync("GET", "/_ping");
        Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        Assert.Contains(
            "no answer from the engine", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }
}
