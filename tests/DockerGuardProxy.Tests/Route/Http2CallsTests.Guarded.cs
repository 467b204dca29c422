using System.Net;
using System.Text;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

/// <summary>Terminating calls in HTTP/2, and the end of the proxy.</summary>
public sealed partial class Http2CallsTests
{
    private int Terminating => Seen.Count(call => call.Contains("/kill", StringComparison.Ordinal));

    [Fact]
    public async Task A_second_kill_joins_the_first_and_has_its_answer()
    {
        Answer = async http =>
        {
            await Release.Task;
            http.Response.StatusCode = 204;
        };
        var first = Client.CallAsync("POST", "/containers/web/kill");
        await Eventually.Async(() => Terminating == 1);
        var second = Client.CallAsync("POST", $"/v1.41/containers/{Id}/kill?signal=%4BILL");
        await Eventually.Async(() => Rig.Ledger.Snapshot().WaitingCalls == 1);
        Release.SetResult();
        Assert.Equal(HttpStatusCode.NoContent, (await first).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await second).StatusCode);
        Assert.Equal("HTTP/1.1 POST /containers/web/kill", Assert.Single(Seen));
    }

    [Fact]
    public async Task A_form_is_read_and_a_signal_that_ends_nothing_passes_with_it()
    {
        var body = "";
        Answer = async http =>
        {
            body = await new StreamReader(http.Request.Body).ReadToEndAsync(Token);
            http.Response.StatusCode = 204;
        };
        using var passed = await Client.CallAsync("POST", "/containers/web/kill", Form("signal=HUP"));
        Assert.Equal(("signal=HUP", "HTTP/2 POST /containers/web/kill"), (body, Seen.Single()));
        using var guarded = await Client.CallAsync("POST", "/containers/web/kill?signal=HUP", Form("signal=KILL"));
        Assert.Equal(("signal=KILL", "HTTP/1.1 POST /containers/web/kill?signal=HUP"), (body, Seen.Last()));
    }

    /// <summary>Of several types the first counts, here and for the engine: joined, a form could appear or vanish behind the guard.</summary>
    [Theory]
    [InlineData("?signal=TERM", "signal=KILL", "", "application/x-www-form-urlencoded")]
    [InlineData("", "signal=HUP", "application/x-www-form-urlencoded", "text/plain")]
    public async Task The_type_that_was_looked_at_is_the_type_that_is_sent(string query, string body, string first, string second)
    {
        var types = new List<string?>();
        Answer = http =>
        {
            types.Add(http.Request.Headers.ContentType);
            http.Response.StatusCode = 204;
            return Task.CompletedTask;
        };
        using var client = await Rig.ConnectAsync();
        await client.SendAsync(Http2Frames.Preface + Http2Frames.Settings
            + Http2Frames.Post(1, "/containers/web/kill" + query, body, ("content-type", first), ("content-type", second)));
        await client.UntilAsync(Http2Frames.Headers);
        Assert.Equal("HTTP/2 POST /containers/web/kill" + query, Assert.Single(Seen));
        Assert.Equal(first, Assert.Single(types) ?? "");
    }

    [Fact]
    public async Task A_caller_that_resets_its_stream_is_no_longer_waited_for_and_its_call_stays_open()
    {
        Answer = http => Release.Task;
        using (var leave = new CancellationTokenSource())
        {
            var lead = Client.SendAsync(Http2Client.Request("POST", "/containers/web/kill"), leave.Token);
            await Eventually.Async(() => Terminating == 1);
            var joined = Client.SendAsync(Http2Client.Request("POST", "/containers/web/kill"), leave.Token);
            await Eventually.Async(() => Rig.Ledger.Snapshot().WaitingCalls == 1);
            await leave.CancelAsync();
            await Record.ExceptionAsync(() => lead);
            await Record.ExceptionAsync(() => joined);
        }

        await Eventually.Async(() => Rig.Ledger.Snapshot().WaitingCalls == 0);
        Assert.Equal(1, Rig.Ledger.Snapshot().OpenCalls);
        Assert.Equal(1, Terminating);
    }

    /// <summary>Of the one connection to the engine no stream can be left behind: whoever was sent waits on, as directly.</summary>
    [Fact]
    public async Task A_held_caller_is_told_and_one_who_was_sent_waits_on()
    {
        var own = (await File.ReadAllTextAsync("/proc/self/comm", Token)).Trim();
        var (families, soon) = (FamilyPolicies.Default, TimeSpan.FromMilliseconds(50));
        var tell = new TellPolicy { Mode = GuardMode.Enforce, Callers = [own], After = soon, Repeat = soon };
        Rig.Permits.Policies = GuardPolicies.Default with
        {
            Families = families with { Lock = families.Lock with { MaxUnanswered = 1, Slow = soon, Tell = tell } },
        };
        Answer = _ => Release.Task;
        var sent = Client.CallAsync("GET", $"/containers/{Id}/json");
        await Eventually.Async(() => Rig.Permits.Snapshot().Containers is [{ SlowFor: not null }]);
        using var told = await Client.CallAsync("GET", "/containers/web/json");
        Assert.Equal((Refusal.Status, "told"), ((int)told.StatusCode, told.Headers.GetValues("docker-guard-proxy").Single()));
        Assert.Single(Seen);
        Assert.False(sent.IsCompleted);
        Release.SetResult();
        using var answered = await sent;
        Assert.Equal(HttpStatusCode.OK, answered.StatusCode);
        Assert.Equal(1, Rig.Permits.Snapshot().Totals.Told);
    }

    [Theory]
    [InlineData("x-a\r\nPOST /containers/y/kill HTTP/1.1\r\nHost", "h")]
    [InlineData("x-a", "h\r\n\r\nPOST /containers/y/kill HTTP/1.1\r\nHost: h")]
    [InlineData("x a", "h")]
    public async Task Nothing_is_smuggled_in_a_field(string name, string value)
    {
        using var client = await Rig.ConnectAsync();
        await client.SendAsync(Http2Frames.Preface + Http2Frames.Settings + Http2Frames.Call(1, "POST", "/containers/web/kill", (name, value)));
        await client.SendAsync(Http2Frames.Call(3, "GET", "/_ping"));

        // The stream is reset, or the connection ends.
        await Record.ExceptionAsync(() => client.UntilAsync(Http2Frames.RstStream));
        Assert.DoesNotContain(Seen, call => call.Contains("kill", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/containers/web/kill HTTP/1.1\r\nHost: h\r\n\r\nPOST /containers/y/kill")]
    [InlineData("/containers/web/kill\t")]
    public async Task Nothing_is_smuggled_in_a_target(string target)
    {
        using var client = await Rig.ConnectAsync();
        await client.SendAsync(Http2Frames.Preface + Http2Frames.Settings + Http2Frames.Call(1, "POST", target));
        await Record.ExceptionAsync(() => client.UntilAsync(Http2Frames.RstStream));
        Assert.DoesNotContain(Seen, call => call.Contains("kill", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_space_behind_a_target_makes_no_other_call_of_it()
    {
        using var client = await Rig.ConnectAsync();
        await client.SendAsync(Http2Frames.Preface + Http2Frames.Settings + Http2Frames.Call(1, "POST", "/containers/web/kill "));
        await client.UntilAsync(Http2Frames.Headers);
        Assert.Equal("HTTP/2 POST /containers/web/kill%20", Assert.Single(Seen));
    }

    [Theory]
    [InlineData("CONNECT", "docker:80")]
    [InlineData("OPTIONS", "*")]
    [InlineData("Post", "/containers/web/kill")]
    [InlineData("delete", "/containers/web?force=1")]
    public async Task What_can_only_be_said_in_HTTP_1_1_is_sent_back_to_it(string method, string target)
    {
        using var client = await Rig.ConnectAsync();
        await client.SendAsync(Http2Frames.Preface + Http2Frames.Settings + (method == "CONNECT"
            ? Http2Frames.Request(1, (":method", method), (":authority", target)) : Http2Frames.Call(1, method, target)));
        var (_, stream, payload) = await client.UntilAsync(Http2Frames.RstStream);
        Assert.Equal((1, 13), (stream, Http2Frames.CodeOf(payload)));
        Assert.Empty(Seen);
    }

    [Fact]
    public async Task At_the_stop_an_idle_connection_reads_GOAWAY_and_ends()
    {
        using var client = await Rig.ConnectAsync();
        await client.SendAsync(Http2Frames.Preface + Http2Frames.Settings + Http2Frames.Call(1, "GET", "/_ping"));
        await client.UntilAsync(0);
        var stop = Rig.DrainAsync();
        await client.UntilAsync(Http2Frames.GoAwayType);
        await client.RestAsync();
        await stop.WaitAsync(TimeSpan.FromSeconds(10), Token);
    }

    [Fact]
    public async Task At_the_stop_streams_have_their_time_and_whoever_waits_is_told_to_ask_again()
    {
        Rig.Drain = TimeSpan.FromHours(1);
        Answer = async http =>
        {
            await http.Response.WriteAsync("begun ", Token);
            await Release.Task;
            await http.Response.WriteAsync("whole", Token);
        };
        using var stream = await Client.CallAsync("GET", "/events");
        var lead = Client.CallAsync("POST", "/containers/web/kill");
        await Eventually.Async(() => Terminating == 1);
        var joined = Client.CallAsync("POST", "/containers/web/kill");
        await Eventually.Async(() => Rig.Ledger.Snapshot().WaitingCalls == 1);
        var stop = Rig.DrainAsync();
        using var told = await joined.WaitAsync(TimeSpan.FromSeconds(10), Token);
        Assert.Equal(Refusal.Status, (int)told.StatusCode);
        Assert.Equal("turned-away", told.Headers.GetValues("docker-guard-proxy").Single());
        Release.SetResult();
        Assert.Equal("begun whole", await stream.Content.ReadAsStringAsync(Token));
        (await lead).Dispose();
        await stop.WaitAsync(TimeSpan.FromSeconds(10), Token);
    }

    [Fact]
    public async Task Beyond_their_time_streams_are_cut()
    {
        Answer = async http =>
        {
            await http.Response.Body.FlushAsync(Token);
            await http.Response.Body.WriteAsync("a"u8.ToArray(), Token);
            await Release.Task;
        };
        using var stream = await Client.CallAsync("GET", "/events");
        Rig.Drain = TimeSpan.Zero;
        var stop = Rig.DrainAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => stream.Content.ReadAsStringAsync(Token).WaitAsync(TimeSpan.FromSeconds(10), Token));
        await stop.WaitAsync(TimeSpan.FromSeconds(10), Token);
    }

    private static StringContent Form(string text) => new(text, Encoding.ASCII, "application/x-www-form-urlencoded");
}
