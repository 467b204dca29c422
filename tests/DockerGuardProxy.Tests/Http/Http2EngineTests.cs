using DockerGuardProxy.Http;
using DockerGuardProxy.Tests.Hosting;
using Xunit;

namespace DockerGuardProxy.Tests.Http;

/// <summary>Calls in HTTP/2 through the running proxy, to an engine that is seen as frames.</summary>
public sealed class Http2EngineTests : ProxiedTests
{
    private const int Refused = 7, EnhanceYourCalm = 11;

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_call_with_a_body_that_the_engine_has_not_taken_up_is_its_clients_to_send_again(bool hasCome, bool leaves)
    {
        using var engine = await OpenAsync(hasCome ? Http2Frames.Post(1, "/images/load", "body") : Http2Frames.PostHead(1, "/images/load"));
        await engine.UntilAsync(hasCome ? Http2Frames.Data : Http2Frames.Headers);
        await engine.SendAsync(leaves ? Http2Frames.GoAway(0) : Http2Frames.Reset(1, Refused));
        var next = leaves ? await Engine.AcceptAsync() : engine;
        if (leaves) await next.TrySendAsync(Http2Frames.Settings);
        var (_, stream, code) = await Client.UntilAsync(Http2Frames.RstStream);
        Assert.Equal((1, Refused), (stream, Http2Frames.CodeOf(code)));

        // Half of it is not sent again either.
        Client.Dispose();
        Assert.DoesNotContain("/images/load", await next.RestAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_call_without_a_body_that_the_engine_has_not_taken_up_is_sent_again_here(bool leaves)
    {
        using var engine = await OpenAsync(Http2Frames.Call(1, "GET", "/x"));
        await engine.UntilAsync(Http2Frames.Headers);
        await engine.SendAsync(leaves ? Http2Frames.GoAway(0) : Http2Frames.Reset(1, Refused));
        var next = leaves ? await Engine.AcceptAsync() : engine;
        if (leaves)
        {
            await next.TextAsync(Http2Frames.Preface.Length);
            await next.SendAsync(Http2Frames.Settings);
        }

        var (_, stream, payload) = await next.UntilAsync(Http2Frames.Headers);
        Assert.Contains("/x", payload, StringComparison.Ordinal);
        await next.SendAsync(Http2Frames.Frame(Http2Frames.Headers, 5, stream, "\x89"));
        Assert.Equal(1, (await Client.UntilAsync(Http2Frames.Headers)).Stream);
        next.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reset_while_a_body_is_still_coming_is_passed_on(bool hasCome)
    {
        using var engine = await OpenAsync(
            Http2Frames.PostHead(1, "/x") + (hasCome ? Http2Frames.Frame(Http2Frames.Data, 0, 1, "begun") : ""));
        await engine.UntilAsync(hasCome ? Http2Frames.Data : Http2Frames.Headers);
        await engine.SendAsync(Http2Frames.Reset(1, EnhanceYourCalm));
        var (_, stream, code) = await Client.UntilAsync(Http2Frames.RstStream);
        Assert.Equal((1, EnhanceYourCalm), (stream, Http2Frames.CodeOf(code)));
    }

    [Fact]
    public async Task What_the_engine_sends_and_nobody_reads_is_bounded_by_a_window_that_does_not_grow()
    {
        using var engine = await OpenAsync(Http2Frames.Call(1, "GET", "/images/get"));
        var settings = (await engine.UntilAsync(Http2Frames.SettingsType)).Payload;
        await engine.UntilAsync(Http2Frames.Headers);
        await engine.SendAsync(Http2Frames.SettingsAck + Http2Frames.Frame(Http2Frames.Headers, 4, 1, "\x88"));
        const int count = EngineHandler.StreamWindow / 16_384;
        for (var frame = 0; frame < count; frame++)
            await engine.SendAsync(Http2Frames.Frame(Http2Frames.Data, 0, 1, new string('x', 16_384)));

        // The client's window is 64 KiB: it takes no more than that, and reads none of it.
        await Client.SendAsync(Http2Frames.Call(3, "GET", "/next"));
        var given = 0;
        while (true)
        {
            var (type, stream, payload) = await engine.FrameAsync();
            Assert.NotEqual(Http2Frames.Ping, type);
            if (type == Http2Frames.WindowUpdate && stream == 1) given += Http2Frames.CodeOf(payload);
            if (type == Http2Frames.Headers) break;
        }

        Assert.Contains($"\0\u0004\0{(char)(EngineHandler.StreamWindow >> 16)}\0\0", settings, StringComparison.Ordinal);
        Assert.InRange(given, 0, EngineHandler.StreamWindow);
    }

    /// <summary>300 bytes make a head of 800 KB where they name a field of the connection's table.</summary>
    [Fact]
    public async Task Long_heads_beyond_what_one_client_may_have_are_refused()
    {
        const int count = 30, taken = 10;
        string HeadOf(int stream, string field) =>
            Http2Frames.Frame(Http2Frames.Headers, 5, stream, "\x82\x86\x01\x01x\x04\x02/x" + field + new string('\xBE', 200));
        using var engine = await OpenAsync(HeadOf(1, $"\x40\u0001a\x7f\xA1\x1E{new string('x', 4000)}"));
        for (var call = 1; call < count; call++) await Client.SendAsync(HeadOf((2 * call) + 1, ""));
        var refused = new HashSet<int>();
        while (refused.Count < count - taken)
        {
            var (_, stream, code) = await Client.UntilAsync(Http2Frames.RstStream);
            Assert.Equal(Refused, Http2Frames.CodeOf(code));
            Assert.True(refused.Add(stream));
        }
    }

    [Fact]
    public void The_daemon_has_its_windows_fixed()
    {
        var configuration = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docker-guard-proxy.runtimeconfig.json"));
        Assert.Contains(
            "\"System.Net.SocketsHttpHandler.Http2FlowControl.DisableDynamicWindowSizing\": true", configuration, StringComparison.Ordinal);
    }

    /// <summary>The connection on which the proxy passes the client's calls on.</summary>
    private async Task<RawPeer> OpenAsync(string calls)
    {
        await Client.SendAsync(Http2Frames.Preface + Http2Frames.Settings + calls);
        using (var asked = await Engine.AcceptAsync())
        {
            await asked.TextAsync(33);
            await asked.SendAsync(Http2Frames.Settings);
        }

        var engine = await Engine.AcceptAsync();
        await engine.TextAsync(Http2Frames.Preface.Length);
        await engine.SendAsync(Http2Frames.Settings);
        return engine;
    }
}
