using System.Net;
using System.Text;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

/// <summary>Calls in HTTP/2 through the running proxy, to an engine that speaks both.</summary>
public sealed partial class Http2CallsTests : Http2Tests
{
    [Fact]
    public async Task A_call_and_its_answer_pass_as_they_came()
    {
        IHeaderDictionary? headers = null;
        Answer = async http =>
        {
            headers = new HeaderDictionary(http.Request.Headers.ToDictionary());
            http.Response.StatusCode = 418;
            http.Response.Headers["x-a"] = new(["1", "2"]);
            http.Response.Headers["x-b"] = "\u00E4";
            http.Response.AppendTrailer("grpc-status", "0");
            await http.Request.Body.CopyToAsync(http.Response.Body, Token);
        };
        using var request = Http2Client.Request("PUT", "/a%2Fb/..//c;d?x=%41&y=a+b|\"", new StringContent("body", Encoding.ASCII, "text/odd"));
        request.Headers.Host = "api.moby.localhost:80";
        foreach (var name in (string[])["te", "alt-svc", "traceparent", "proxy-authorization", "upgrade-insecure-requests", "x-odd"])
            request.Headers.TryAddWithoutValidation(name, name == "te" ? "trailers" : "v");
        using var answer = await Client.SendAsync(request, Token);
        Assert.Equal(418, (int)answer.StatusCode);
        Assert.Equal(["1", "2"], answer.Headers.GetValues("x-a"));
        Assert.Equal("\u00E4", answer.Headers.NonValidated["x-b"].ToString());
        Assert.Equal("body", await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal("0", answer.TrailingHeaders.GetValues("grpc-status").Single());
        Assert.Equal("HTTP/2 PUT /a%2Fb/..//c;d?x=%41&y=a+b|\"", Assert.Single(Seen));
        Assert.Equal(
            ["alt-svc", "content-length", "content-type", "host", "proxy-authorization", "te", "traceparent", "upgrade-insecure-requests", "x-odd"],
            headers!.Keys.Select(name => name.ToLowerInvariant()).Order());
        Assert.Equal("text/odd; charset=us-ascii", headers.ContentType);
        Assert.Equal("api.moby.localhost:80", headers.Host);
    }

    [Theory]
    [InlineData("GET", null)]
    [InlineData("POST", "0")]
    public async Task A_call_without_a_body_has_none_at_the_engine(string method, string? length)
    {
        (string? Length, long Read, string? Type) seen = default;
        Answer = async http =>
        {
            var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, Token);
            seen = (http.Request.Headers.ContentLength?.ToString(), body.Length, http.Request.ContentType);
            http.Response.StatusCode = 204;
        };
        using var client = await Rig.ConnectAsync();
        await client.SendAsync(Http2Frames.Preface + Http2Frames.Settings + Http2Frames.Call(1, method, "/x"));
        Assert.Equal((5, 1), (await client.UntilAsync(Http2Frames.Headers)) is var answer ? (answer.Flags, answer.Stream) : default);
        Assert.Equal((length, 0, null), seen);
        await client.SendAsync(Http2Frames.Call(3, method, "/x", ("content-type", "text/plain")));
        await client.UntilAsync(Http2Frames.Headers);
        Assert.Equal(("0", 0, "text/plain"), seen);
    }

    [Fact]
    public async Task Both_directions_stream()
    {
        Answer = async http =>
        {
            // The head goes first, before anything of the body.
            await http.Response.Body.FlushAsync(Token);
            var buffer = new byte[100];
            for (int count; (count = await http.Request.Body.ReadAsync(buffer, Token)) > 0;)
            {
                await http.Response.Body.WriteAsync(buffer.AsMemory(0, count), Token);
                await http.Response.Body.FlushAsync(Token);
            }
        };
        var upload = new PushContent();
        using var answer = await Client.CallAsync("POST", "/session", upload);
        await using var down = await answer.Content.ReadAsStreamAsync(Token);
        var buffer = new byte[100];
        for (var round = 0; round < 50; round++)
        {
            await upload.SendAsync($"piece {round}");
            var count = await down.ReadAsync(buffer, Token).AsTask().WaitAsync(TimeSpan.FromSeconds(10), Token);
            Assert.Equal($"piece {round}", Encoding.ASCII.GetString(buffer, 0, count));
        }

        upload.Complete();
        Assert.Equal(0, await down.ReadAsync(buffer, Token));
    }

    [Fact]
    public async Task Large_bodies_pass_whole()
    {
        Answer = async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body, Token);
            await http.Response.Body.WriteAsync(body.GetBuffer().AsMemory(0, (int)body.Length), Token);
        };
        var bytes = new byte[20 << 20];
        new Random(1).NextBytes(bytes);
        using var answer = await Client.CallAsync("POST", "/build", new ByteArrayContent(bytes));
        Assert.Equal(bytes, await answer.Content.ReadAsByteArrayAsync(Token));
    }

    [Theory]
    [InlineData(false, 11)]
    [InlineData(true, 11)]
    [InlineData(true, 8)]
    public async Task The_engines_reset_is_passed_on(bool isBegun, int code)
    {
        Answer = async http =>
        {
            if (isBegun) await http.Response.WriteAsync("half", Token);
            if (isBegun) await http.Response.Body.FlushAsync(Token);
            http.Features.GetRequiredFeature<IHttpResetFeature>().Reset(code);
        };
        var fault = await Record.ExceptionAsync(async () =>
        {
            using var answer = await Client.CallAsync("GET", "/logs");
            await answer.Content.ReadAsStringAsync(Token);
        });
        Assert.Equal(code, DockerGuardProxy.Http.Http2Reset.CodeOf(fault));
    }

    [Fact]
    public async Task A_client_that_resets_its_stream_has_left_and_the_others_go_on()
    {
        var left = new TaskCompletionSource();
        Answer = async http =>
        {
            if (http.Request.Path != "/events") return;
            http.RequestAborted.Register(left.SetResult);
            await http.Response.Body.FlushAsync(Token);
            await Release.Task;
        };
        using (await Client.CallAsync("GET", "/events"))
        {
            await Eventually.Async(() => Rig.PileUp.Open() is [{ Count: 1 }] or []);
        }

        await left.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
        using var other = await Client.CallAsync("GET", "/_ping");
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(1, Rig.Connections.Count);
    }

    [Fact]
    public async Task As_many_streams_as_the_engine_has_are_open_on_one_connection()
    {
        var open = 0;
        Answer = async http =>
        {
            Interlocked.Increment(ref open);
            await Release.Task;
        };
        var calls = Enumerable.Range(0, 400).Select(_ => Client.CallAsync("GET", "/wait")).ToArray();
        await Eventually.Async(() => Volatile.Read(ref open) == 250);
        Assert.Equal(1, Rig.Connections.Count);
        Release.SetResult();
        foreach (var call in calls) (await call).Dispose();
        Assert.Equal(400, open);
    }

    [Fact]
    public async Task One_stream_that_nobody_reads_holds_up_no_other()
    {
        Answer = async http =>
        {
            if (http.Request.Path == "/_ping") return;
            await http.Response.Body.WriteAsync(new byte[64 << 20], http.RequestAborted);
        };
        using var unread = await Client.CallAsync("GET", "/images/get");
        for (var round = 0; round < 20; round++) (await Client.CallAsync("GET", "/_ping")).Dispose();
        using var another = Http2Client.To(Rig.SocketPath);
        (await another.CallAsync("GET", "/_ping")).Dispose();
    }

    [Fact]
    public async Task What_is_watched_and_what_changes_is_told()
    {
        Answer = async http =>
        {
            if (http.Request.Path == "/containers/create")
            {
                http.Response.StatusCode = 201;
                await http.Response.WriteAsJsonAsync(new { Id = new string('b', 64), Warnings = Array.Empty<string>() }, Token);
                return;
            }

            await http.Response.Body.FlushAsync(Token);
            await Release.Task;
        };
        using var logs = await Client.CallAsync("GET", "/containers/web/logs?follow=1");
        Assert.Equal("logs", Assert.Single(Rig.PileUp.Open()).Operation);
        using var created = await Client.CallAsync(
            "POST", "/containers/create?name=new", new StringContent("""{"StopTimeout":7}""", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Release.SetResult();
        await logs.Content.ReadAsStringAsync(Token);
        await Eventually.Async(() => Rig.PileUp.Open().IsEmpty);
    }

    /// <summary>What is attached to it is a stream of HTTP/1.1, which no longer says whose it is.</summary>
    [Fact]
    public async Task Whose_an_exec_is_is_learned_as_it_is_made()
    {
        var exec = new string('e', 64);
        Answer = http =>
        {
            (http.Response.StatusCode, http.Response.ContentLength) = (201, 74);
            return http.Response.WriteAsync($"{{\"Id\":\"{exec}\"}}\n", Token);
        };
        using var answer = await Client.CallAsync("POST", "/containers/web/exec", new StringContent("{}"));
        Assert.Equal($"{{\"Id\":\"{exec}\"}}\n", await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal(Id, Rig.ExecOwners.Take(exec));
    }

    /// <summary>A body that the test writes piece by piece.</summary>
    private sealed class PushContent : HttpContent
    {
        private readonly TaskCompletionSource<Stream> _stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task SendAsync(string piece)
        {
            var stream = await _stream.Task;
            await stream.WriteAsync(Encoding.ASCII.GetBytes(piece), Token);
            await stream.FlushAsync(Token);
        }

        public void Complete() => _end.SetResult();

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            // The head goes first: whoever answers at once must not be waited for.
            await stream.FlushAsync(cancellationToken);
            _stream.SetResult(stream);
            await _end.Task;
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
