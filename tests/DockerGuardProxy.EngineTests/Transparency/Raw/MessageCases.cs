using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.EngineTests.Transparency.Raw;

/// <summary>How messages are framed, and when parts of them arrive.</summary>
internal static class MessageCases
{
    private const string Json = "Content-Type: application/json\r\n";
    private const string Create = """{"Image":"nope:none"}""";

    private static readonly (string Action, string Type)[] EmptyBodies =
    [
        ("kill?signal=TERM", "application/x-www-form-urlencoded"),
        ("kill", "application/x-www-form-urlencoded"),
        ("kill?signal=TERM", "application/json"),
        ("stop?t=1", "application/json"),
        ("restart", "application/x-www-form-urlencoded; charset=utf-8"),
    ];

    private static readonly string[] Sleep = ["sleep", "1000"];

    public static IEnumerable<RawCase> All()
    {
        yield return new("GET /_ping twice", async x => { await x.AliveAsync(); await x.AliveAsync(); });
        yield return new("GET /version", x => x.CallAsync("GET", "/version"));
        yield return new("HEAD /_ping", async x => { await x.CallAsync("HEAD", "/_ping"); await x.AliveAsync(); });
        yield return new("HEAD of an archive", HeadArchiveAsync);
        yield return new("HEAD of an unknown path", async x => { await x.CallAsync("HEAD", "/nope"); await x.AliveAsync(); });
        yield return new("OPTIONS", async x => { await x.CallAsync("OPTIONS", "/containers/json"); await x.AliveAsync(); });
        yield return new("OPTIONS *", async x => { await x.CallAsync("OPTIONS", "*"); await x.AliveAsync(); });
        yield return new("an unknown method", async x => { await x.CallAsync("BREW", "/_ping"); await x.AliveAsync(); });
        yield return new("a method in lower case", async x => { await x.CallAsync("get", "/_ping"); await x.AliveAsync(); });
        yield return new("CONNECT", async x => { await x.CallAsync("CONNECT", "docker:80"); await x.AliveAsync(); });
        yield return new("TRACE", async x => { await x.CallAsync("TRACE", "/_ping"); await x.AliveAsync(); });
        yield return new("405", async x => { await x.CallAsync("DELETE", "/_ping"); await x.AliveAsync(); });
        yield return new("404", async x => { await x.CallAsync("GET", "/containers/nope/json"); await x.AliveAsync(); });
        yield return new("400", async x => { await x.CallAsync("GET", "/containers/json?limit=x"); await x.AliveAsync(); });
        yield return new("204 and 304", StartTwiceAsync);
        yield return new("409", ConflictAsync);
        yield return new("fixed body", async x => { await x.CallAsync("POST", "/containers/create", Json, Create); await x.AliveAsync(); });
        yield return new("chunked body", ChunkedAsync);
        yield return new("chunked body with extensions and trailers", ChunkedWithTrailersAsync);
        yield return new("chunked body in single bytes", ChunkedSlowlyAsync);
        foreach (var (action, type) in EmptyBodies)
        {
            yield return new($"an empty body in chunks: {action} [{type}]", async x =>
            {
                await x.SendAsync(
                    $"POST /v1.41/containers/nope/{action} HTTP/1.1\r\nHost: docker\r\n"
                    + $"Content-Type: {type}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
                await x.AnswerAsync("POST");
                await x.AliveAsync();
            });
        }

        yield return new("no body where one is due", async x => { await x.CallAsync("POST", "/containers/create", Json); await x.AliveAsync(); });
        yield return new("GET with a body", async x => { await x.CallAsync("GET", "/_ping", Json, "{}"); await x.AliveAsync(); });
        yield return new("DELETE with a body", async x => { await x.CallAsync("DELETE", "/containers/nope", Json, "{}"); await x.AliveAsync(); });
        yield return new("Expect: 100-continue granted", ExpectGrantedAsync);
        yield return new("Expect: 100-continue refused", ExpectRefusedAsync);
        yield return new("Expect: something else", async x =>
        {
            await x.CallAsync("POST", "/containers/create", Json + "Expect: miracles\r\n", Create);
            await x.AliveAsync();
        });
        yield return new("pipelined requests", PipelinedAsync);
        yield return new("pipelined POSTs with bodies", PipelinedPostsAsync);
        yield return new("Connection: close", async x => { await x.CallAsync("GET", "/_ping", "Connection: close\r\n"); await x.RestAsync(); });
        yield return new(
            "Connection: keep-alive", async x => { await x.CallAsync("GET", "/_ping", "Connection: keep-alive\r\n"); await x.AliveAsync(); });
        yield return new("Connection: close on an error", async x =>
        {
            await x.CallAsync("POST", "/containers/create", Json + "Connection: close\r\n", Create);
            await x.RestAsync();
        });
        yield return new("HTTP/1.0", async x => { await x.SendAsync("GET /_ping HTTP/1.0\r\n\r\n"); await x.AnswerAsync(); await x.RestAsync(); });
        yield return new("HTTP/1.0 with keep-alive", Http10KeepAliveAsync);
        yield return new("HTTP/1.0, body without a length", Http10StreamAsync);
        yield return new("HTTP/1.0 POST", async x =>
        {
            await x.SendAsync($"POST /containers/create HTTP/1.0\r\n{Json}Content-Length: {Create.Length}\r\n\r\n{Create}");
            await x.AnswerAsync();
            await x.RestAsync();
        });
        yield return new("the client half-closes after its request", HalfCloseAsync);
        yield return new("the client half-closes after its POST", HalfClosePostAsync);
        yield return new("the client half-closes while the engine waits", HalfCloseWaitAsync);
        yield return new("head of wait before its body", WaitAsync);
        yield return new("head of events before the first event", EventsAsync);
        yield return new("head of logs -f before the first line", LogsAsync);
        yield return new("stats stream, first line at once", StatsHeadAsync);
        yield return new("60 KB query", LongQueryAsync);
        yield return new("200 KB X-Registry-Auth", LongHeaderAsync);
        yield return new("2,000 header lines", ManyHeadersAsync);
        yield return new("repeated and odd headers", OddHeadersAsync);
        yield return new(
            "Accept-Encoding: gzip", async x => { await x.CallAsync("GET", "/version", "Accept-Encoding: gzip\r\n"); await x.AliveAsync(); });
        yield return new("Content-Encoding: gzip, sent as it is", async x =>
        {
            await x.CallAsync("POST", "/containers/create", Json + "Content-Encoding: gzip\r\n", "\x1f\x8b\b\0");
            await x.AliveAsync();
        });
        yield return new("early error to a 64 MiB upload", EarlyErrorAsync);
        yield return new("early error to a chunked upload", EarlyErrorChunkedAsync);
        yield return new("load: output while the body is being sent", DuplexAsync, MayBeSilent: true);
        yield return new("load: answer to a body in pieces", LoadAsync);
        yield return new("archive down", ArchiveAsync);
        yield return new(
            "bare LF line ends",
            async x => { await x.SendAsync("GET /_ping HTTP/1.1\nHost: docker\n\n"); await x.AnswerAsync(); await x.AliveAsync(); });
        yield return new(
            "empty lines before the request",
            async x => { await x.SendAsync("\r\n\r\nGET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n"); await x.AnswerAsync(); });
        yield return new("a head in single bytes", SlowHeadAsync);
    }

    private static async Task HeadArchiveAsync(RawExchange x)
    {
        var container = await x.ContainerAsync(Sleep, start: false);
        await x.CallAsync("HEAD", $"/containers/{container}/archive?path=/bin/busybox");
        await x.CallAsync("HEAD", $"/containers/{container}/archive?path=/nope");
        await x.AliveAsync();
    }

    private static async Task StartTwiceAsync(RawExchange x)
    {
        var container = await x.ContainerAsync(Sleep, start: false);
        await x.CallAsync("POST", $"/containers/{container}/start");
        await x.CallAsync("POST", $"/containers/{container}/start");
        await x.AliveAsync();
        await x.CallAsync("POST", $"/containers/{container}/stop?t=0");
        await x.CallAsync("POST", $"/containers/{container}/stop?t=0");
        await x.AliveAsync();
    }

    private static async Task ConflictAsync(RawExchange x)
    {
        var container = await x.ContainerAsync(Sleep);
        await x.CallAsync("DELETE", $"/containers/{container}");
        await x.CallAsync("POST", "/containers/create?name=raw0", Json, """{"Image":"lab"}""");
        await x.CallAsync("POST", $"/containers/{container}/unpause");
        await x.AliveAsync();
    }

    private static async Task ChunkedAsync(RawExchange x)
    {
        await x.SendAsync($"POST /containers/create HTTP/1.1\r\nHost: docker\r\n{Json}Transfer-Encoding: chunked\r\n\r\n{Create.Length:x}\r\n{Create}\r\n0\r\n\r\n");
        await x.AnswerAsync("POST");
        await x.AliveAsync();
    }

    private static async Task ChunkedWithTrailersAsync(RawExchange x)
    {
        await x.SendAsync(
            $"POST /containers/create HTTP/1.1\r\nHost: docker\r\n{Json}Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
            + $"{Create.Length:X};name=value\r\n{Create}\r\n0\r\nX-Sum: 1\r\n\r\n");
        await x.AnswerAsync("POST");
        await x.AliveAsync();
    }

    private static async Task ChunkedSlowlyAsync(RawExchange x)
    {
        await x.SendAsync($"POST /containers/create HTTP/1.1\r\nHost: docker\r\n{Json}Transfer-Encoding: chunked\r\n\r\n");
        foreach (var c in Create)
            await x.SendAsync($"1\r\n{c}\r\n");
        await x.SendAsync("0\r\n\r\n");
        await x.AnswerAsync("POST");
        await x.AliveAsync();
    }

    private static async Task ExpectGrantedAsync(RawExchange x)
    {
        await x.SendAsync($"POST /containers/create HTTP/1.1\r\nHost: docker\r\n{Json}Expect: 100-continue\r\nContent-Length: {Create.Length}\r\n\r\n");
        await x.HeadAsync();
        await x.SendAsync(Create);
        await x.AnswerAsync("POST");
        await x.AliveAsync();
    }

    private static async Task ExpectRefusedAsync(RawExchange x)
    {
        await x.SendAsync("PUT /containers/nope/archive?path=/ HTTP/1.1\r\nHost: docker\r\nExpect: 100-continue\r\nContent-Length: 1048576\r\n\r\n");
        await x.AnswerAsync("PUT");
        await x.RestAsync(TimeSpan.FromSeconds(2));
    }

    private static async Task PipelinedAsync(RawExchange x)
    {
        await x.SendAsync(string.Concat(Enumerable.Range(0, 20).Select(i => $"GET /containers/nope{i}/json HTTP/1.1\r\nHost: docker\r\n\r\n")));
        for (var i = 0; i < 20; i++)
            await x.AnswerAsync();
        await x.AliveAsync();
    }

    private static async Task PipelinedPostsAsync(RawExchange x)
    {
        await x.SendAsync(string.Concat(Enumerable.Repeat(
            $"POST /containers/create HTTP/1.1\r\nHost: docker\r\n{Json}Content-Length: {Create.Length}\r\n\r\n{Create}", 5))
            + "GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n");
        for (var i = 0; i < 5; i++)
            await x.AnswerAsync("POST");
        await x.AnswerAsync();
    }

    private static async Task Http10KeepAliveAsync(RawExchange x)
    {
        for (var i = 0; i < 2; i++)
        {
            await x.SendAsync("GET /_ping HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            await x.AnswerAsync();
        }

        await x.SendAsync("GET /_ping HTTP/1.0\r\n\r\n");
        await x.AnswerAsync();
        await x.RestAsync();
    }

    private static async Task Http10StreamAsync(RawExchange x)
    {
        var container = await x.ContainerAsync(Sleep, start: false);
        await x.SendAsync($"GET /containers/{container}/archive?path=/etc/passwd HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        await x.AnswerAsync();
    }

    private static async Task HalfCloseAsync(RawExchange x)
    {
        await x.SendAsync("GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n");
        x.HalfClose();
        await x.AnswerAsync();
        await x.RestAsync();
    }

    private static async Task HalfClosePostAsync(RawExchange x)
    {
        await x.SendAsync($"POST /containers/create HTTP/1.1\r\nHost: docker\r\n{Json}Content-Length: {Create.Length}\r\n\r\n{Create}");
        x.HalfClose();
        await x.AnswerAsync("POST");
        await x.RestAsync();
    }

    private static async Task HalfCloseWaitAsync(RawExchange x)
    {
        var container = await x.ContainerAsync(Sleep);
        await x.SendAsync($"POST /containers/{container}/wait HTTP/1.1\r\nHost: docker\r\n\r\n");
        await x.HeadAsync();
        x.HalfClose();
        await Task.Delay(500);
        await x.Engine.Api.PostAsync($"/containers/{container}/kill");
        await x.RestAsync(TimeSpan.FromSeconds(3));
    }

    private static async Task WaitAsync(RawExchange x)
    {
        var container = await x.ContainerAsync(["sh", "-c", "read a; exit 7"], new() { ["OpenStdin"] = true });
        await x.SendAsync($"POST /containers/{container}/wait HTTP/1.1\r\nHost: docker\r\n\r\n");
        await x.HeadAsync();
        await x.Engine.Api.PostAsync($"/containers/{container}/kill");
        await x.BytesAsync("12\r\n{\"StatusCode\":137}\n".Length);
        await x.Engine.Api.PostAsync($"/containers/{container}/wait");
    }

    private static async Task EventsAsync(RawExchange x)
    {
        var container = await x.ContainerAsync(Sleep);
        await x.SendAsync($"GET /events?filters=%7B%22container%22%3A%5B%22{container}%22%5D%7D HTTP/1.1\r\nHost: docker\r\n\r\n");
        await x.HeadAsync();
    }

    private static async Task LogsAsync(RawExchange x)
    {
        var container = await x.ContainerAsync(Sleep);
        await x.SendAsync($"GET /containers/{container}/logs?stdout=1&follow=1 HTTP/1.1\r\nHost: docker\r\n\r\n");
        await x.HeadAsync();
    }

    private static async Task StatsHeadAsync(RawExchange x)
    {
        var container = await x.ContainerAsync(Sleep);
        await x.SendAsync($"GET /containers/{container}/stats HTTP/1.1\r\nHost: docker\r\n\r\n");
        await x.HeadAsync();
    }

    private static async Task LongQueryAsync(RawExchange x)
    {
        await x.CallAsync("GET", "/containers/json?x=" + new string('q', 60_000));
        await x.AliveAsync();
    }

    private static async Task LongHeaderAsync(RawExchange x)
    {
        await x.CallAsync("POST", "/images/nope/push", $"X-Registry-Auth: {Convert.ToBase64String(new byte[150_000])}\r\n");
        await x.AliveAsync();
    }

    private static async Task ManyHeadersAsync(RawExchange x)
    {
        await x.CallAsync("GET", "/_ping", string.Concat(Enumerable.Range(0, 2000).Select(i => $"X-Header-{i}: {i}\r\n")));
        await x.AliveAsync();
    }

    private static async Task OddHeadersAsync(RawExchange x)
    {
        await x.CallAsync("GET", "/_ping", "x-a: 1\r\nX-A: 2\r\nX-Empty:\r\nX-Spaces:   a  b \t\r\nX-Latin: caf\xe9\r\nX-Utf8: caf\xc3\xa9\r\nCookie: a=b\r\nCookie: c=d\r\nVia: 1.1 x\r\nX-Forwarded-For: 1.2.3.4\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n");
        await x.AliveAsync();
    }

    private static async Task EarlyErrorAsync(RawExchange x)
    {
        await x.SendAsync($"PUT /containers/nope/archive?path=/ HTTP/1.1\r\nHost: docker\r\nContent-Length: {64 << 20}\r\n\r\n");
        var sent = await x.SendInBackgroundAsync(new byte[64 << 20]);
        await x.AnswerAsync("PUT");
        await x.RestAsync();
        await sent;
    }

    private static async Task EarlyErrorChunkedAsync(RawExchange x)
    {
        // Go's server reads 256 KB of a body that nobody wants before it answers.
        await x.SendAsync("PUT /containers/nope/archive?path=/ HTTP/1.1\r\nHost: docker\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (var i = 0; i < 10; i++)
            await x.SendAsync($"10000\r\n{new string('x', 0x10000)}\r\n");
        await x.AnswerAsync("PUT");
        await x.RestAsync();
    }

    private static async Task DuplexAsync(RawExchange x)
    {
        // What follows the archive's end keeps the body open. Some versions answer before, some only after it.
        var tar = await x.Engine.Api.GetBytesAsync($"/images/{Dockerd.Image}/get");
        await x.SendAsync($"POST /images/load?quiet=0 HTTP/1.1\r\nHost: docker\r\nContent-Type: application/x-tar\r\nContent-Length: {tar.Length + (1 << 20)}\r\n\r\n");
        await await x.SendInBackgroundAsync(tar);
        var early = await x.HeadAsync() != 0;
        await await x.SendInBackgroundAsync(new byte[1 << 20]);
        if (!early)
            await x.AnswerAsync("POST");
    }

    private static async Task LoadAsync(RawExchange x)
    {
        var tar = Tar("manifest.json", "[]"u8.ToArray());
        await x.SendAsync($"POST /images/load HTTP/1.1\r\nHost: docker\r\nContent-Type: application/x-tar\r\nTransfer-Encoding: chunked\r\n\r\n{tar.Length:x}\r\n");
        await await x.SendInBackgroundAsync(tar);
        await Task.Delay(200);
        await x.SendAsync("\r\n0\r\n\r\n");
        await x.AnswerAsync("POST");
        await x.AliveAsync();
    }

    private static async Task ArchiveAsync(RawExchange x)
    {
        var container = await x.ContainerAsync(Sleep, start: false);
        await x.CallAsync("GET", $"/containers/{container}/archive?path=/bin");
        await x.AliveAsync();
    }

    private static async Task SlowHeadAsync(RawExchange x)
    {
        foreach (var c in "GET /_ping HTTP/1.1\r\nHost: docker\r\n\r\n")
            await x.SendAsync(c.ToString());
        await x.AnswerAsync();
        await x.AliveAsync();
    }

    private static byte[] Tar(string name, byte[] content)
    {
        using var stream = new MemoryStream();
        using (var writer = new System.Formats.Tar.TarWriter(stream, leaveOpen: true))
        {
            writer.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, name)
            {
                DataStream = new MemoryStream(content),
                ModificationTime = DateTimeOffset.UnixEpoch,
            });
        }

        return stream.ToArray();
    }
}
