using System.Text;

namespace DockerGuardProxy.EngineTests.Transparency.Raw;

/// <summary>Connections that stop being HTTP: the four forms, granted and refused.</summary>
internal static class HijackCases
{
    private const string Upgrade = "Connection: Upgrade\r\nUpgrade: tcp\r\n";
    private const string Json = "Content-Type: application/json\r\n";
    private const string StartBody = """{"Detach":false,"Tty":false}""";

    private static readonly Dictionary<string, object> Stdin = new() { ["OpenStdin"] = true };
    private static readonly Dictionary<string, object> StdinOnce = new() { ["OpenStdin"] = true, ["StdinOnce"] = true };
    private static readonly string[] Sleep = ["sleep", "1000"];

    /// <summary>All of them, each on a fresh and on a reused connection where that can differ.</summary>
    public static IEnumerable<RawCase> All()
    {
        foreach (var reused in new[] { false, true })
        {
            var suffix = reused ? ", reused connection" : "";
            yield return new("exec, Upgrade: tcp" + suffix, x => ExecAsync(x, reused, Upgrade));
            yield return new("exec, no Upgrade" + suffix, x => ExecAsync(x, reused, ""));
            yield return new("exec refused 404" + suffix, x => RefusedExecAsync(x, reused, "nope"));
            yield return new("exec refused 409" + suffix, x => PausedExecAsync(x, reused));
            yield return new("attach, Upgrade: tcp" + suffix, x => AttachAsync(x, reused, Upgrade));
            yield return new("attach, no Upgrade" + suffix, x => AttachAsync(x, reused, ""));
            yield return new("attach refused 404" + suffix, x => RefusedAttachAsync(x, reused));
            yield return new("websocket attach" + suffix, x => WebSocketAsync(x, reused));
            yield return new("session, Upgrade: h2c" + suffix, x => H2cAsync(x, reused, "/session"));
            yield return new("grpc, Upgrade: h2c" + suffix, x => H2cAsync(x, reused, "/grpc"));
        }

        yield return new("exec, chunked body", ExecChunkedAsync);
        yield return new("exec, versioned path", x => ExecAsync(x, false, Upgrade, path: "/v1.40"));
        yield return new("exec, tty", x => ExecAsync(x, false, Upgrade, tty: true));
        yield return new("exec, HTTP/1.0", Http10ExecAsync);
        yield return new("exec, detached", DetachedExecAsync);
        yield return new("exec, 1 MiB both ways", ExecMegabyteAsync);
        yield return new("exec, server closes its side first", ServerHalfCloseAsync);
        yield return new("exec, Expect: 100-continue", ExpectedExecAsync);
        yield return new("exec, lower case upgrade", x => ExecAsync(x, false, "connection: upgrade\r\nupgrade: TCP\r\n"));
        yield return new("exec, websocket named as upgrade", x => ExecAsync(x, false, "Connection: Upgrade\r\nUpgrade: websocket\r\n"));
        yield return new("exec, two upgrades", x => ExecAsync(x, false, "Connection: Upgrade, keep-alive\r\nUpgrade: foo, tcp\r\n"));
        yield return new("exec, Upgrade without Connection", x => ExecAsync(x, false, "Upgrade: tcp\r\n"));
        yield return new("exec, bad JSON", BadJsonAsync);
        yield return new("attach, Content-Length: 0", x => AttachAsync(x, false, Upgrade + "Content-Length: 0\r\n"));
        yield return new("attach to a stopped container", StoppedAttachAsync);
        yield return new("attach, logs only", AttachLogsAsync);
        yield return new("attach, container ends", AttachEndAsync);
        yield return new("attach, client half-closes", AttachHalfCloseAsync);
        yield return new("attach, GET is no hijack", x => x.CallAsync("GET", "/containers/nope/attach", Upgrade));
        yield return new("Upgrade on an ordinary request", OrdinaryUpgradeAsync);
        yield return new("Upgrade on an ordinary POST with a body", OrdinaryUpgradePostAsync);
        yield return new("logs with the type of a raw stream", LogsAsync);
    }

    private static Task FreshOrReusedAsync(RawExchange x, bool reused) => reused ? x.AliveAsync() : x.ConnectAsync();

    private static async Task ExecAsync(
        RawExchange x, bool reused, string headers, bool tty = false, string path = "")
    {
        var exec = await x.ExecAsync(await x.ContainerAsync(Sleep), ["sh", "-c", "read a; echo got $a; read b; echo then $b >&2"], tty: tty);
        await FreshOrReusedAsync(x, reused);
        var body = tty ? """{"Detach":false,"Tty":true}""" : StartBody;
        await x.SendAsync($"POST {path}/exec/{exec}/start HTTP/1.1\r\nHost: docker\r\n{headers}{Json}Content-Length: {body.Length}\r\n\r\n{body}");
        await x.HeadAsync();
        await x.SendAsync("one\n");
        // A terminal echoes what is typed and ends lines by CR LF; without one each line has a header of 8 bytes.
        await x.BytesAsync(tty ? "one\r\ngot one\r\n".Length : 8 + "got one\n".Length);
        await x.SendAsync("two\n");
        await x.RestAsync();
    }

    private static async Task ExecChunkedAsync(RawExchange x)
    {
        var exec = await x.ExecAsync(await x.ContainerAsync(Sleep), ["cat"]);
        await x.SendAsync($"POST /exec/{exec}/start HTTP/1.1\r\nHost: docker\r\n{Upgrade}{Json}Transfer-Encoding: chunked\r\n\r\n");
        await x.SendAsync($"5\r\n{StartBody[..5]}\r\n");
        await x.SendAsync($"{StartBody.Length - 5:x}\r\n{StartBody[5..]}\r\n0\r\n\r\n");
        await x.HeadAsync();
        await x.SendAsync("hello");
        x.HalfClose();
        await x.RestAsync();
    }

    private static async Task Http10ExecAsync(RawExchange x)
    {
        var exec = await x.ExecAsync(await x.ContainerAsync(Sleep), ["cat"]);
        await x.SendAsync($"POST /exec/{exec}/start HTTP/1.0\r\n{Json}Content-Length: {StartBody.Length}\r\n\r\n{StartBody}");
        await x.HeadAsync();
        await x.SendAsync("hello");
        x.HalfClose();
        await x.RestAsync();
    }

    private static async Task DetachedExecAsync(RawExchange x)
    {
        var exec = await x.ExecAsync(await x.ContainerAsync(Sleep), ["true"], stdin: false);
        await x.CallAsync("POST", $"/exec/{exec}/start", Upgrade + Json, """{"Detach":true}""");
        await x.AliveAsync();
    }

    private static async Task ExecMegabyteAsync(RawExchange x)
    {
        var exec = await x.ExecAsync(await x.ContainerAsync(Sleep), ["sh", "-c", "stty raw -echo; head -c 1048576"], tty: true);
        await x.SendAsync(
            $$"""POST /exec/{{exec}}/start HTTP/1.1{{"\r\n"}}Host: docker{{"\r\n"}}{{Upgrade}}{{Json}}Content-Length: 27{{"\r\n\r\n"}}{"Detach":false,"Tty":true}""");
        await x.HeadAsync();
        await Task.Delay(500); // the terminal must be raw before the first byte
        var sent = await x.SendInBackgroundAsync(Encoding.ASCII.GetBytes(new string('x', 1 << 20)));
        await x.BytesAsync(1 << 20);
        await sent;
        await x.RestAsync();
    }

    private static async Task ServerHalfCloseAsync(RawExchange x)
    {
        var exec = await x.ExecAsync(await x.ContainerAsync(Sleep), ["sh", "-c", "echo done"]);
        await x.SendAsync($"POST /exec/{exec}/start HTTP/1.1\r\nHost: docker\r\n{Upgrade}{Json}Content-Length: {StartBody.Length}\r\n\r\n{StartBody}");
        await x.HeadAsync();
        await x.RestAsync();
    }

    private static async Task ExpectedExecAsync(RawExchange x)
    {
        var exec = await x.ExecAsync(await x.ContainerAsync(Sleep), ["cat"]);
        await x.SendAsync(
            $"POST /exec/{exec}/start HTTP/1.1\r\nHost: docker\r\n{Upgrade}{Json}Expect: 100-continue\r\nContent-Length: {StartBody.Length}\r\n\r\n");
        await x.HeadAsync();
        await x.SendAsync(StartBody);
        await x.HeadAsync();
        await x.SendAsync("hello");
        x.HalfClose();
        await x.RestAsync();
    }

    private static async Task RefusedExecAsync(RawExchange x, bool reused, string exec)
    {
        await FreshOrReusedAsync(x, reused);
        await x.CallAsync("POST", $"/exec/{exec}/start", Upgrade + Json, StartBody);
        await x.AliveAsync();
        await x.CallAsync("POST", $"/exec/{exec}/start", Json, StartBody);
        await x.AliveAsync();
    }

    private static async Task PausedExecAsync(RawExchange x, bool reused)
    {
        var container = await x.ContainerAsync(Sleep);
        var exec = await x.ExecAsync(container, ["cat"]);
        await x.Engine.Api.PostAsync($"/containers/{container}/pause");
        await FreshOrReusedAsync(x, reused);
        await x.CallAsync("POST", $"/exec/{exec}/start", Upgrade + Json, StartBody);
        await x.AliveAsync();
        await x.Engine.Api.PostAsync($"/containers/{container}/unpause");
    }

    private static async Task BadJsonAsync(RawExchange x)
    {
        var exec = await x.ExecAsync(await x.ContainerAsync(Sleep), ["cat"]);
        await x.CallAsync("POST", $"/exec/{exec}/start", Upgrade + Json, "{nonsense");
        await x.AliveAsync();
    }

    private static async Task AttachAsync(RawExchange x, bool reused, string headers)
    {
        var container = await x.ContainerAsync(["cat"], Stdin);
        await FreshOrReusedAsync(x, reused);
        await x.SendAsync($"POST /containers/{container}/attach?stream=1&stdin=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: docker\r\n{headers}\r\n");
        await x.HeadAsync();
        await x.SendAsync("first\n");
        await x.BytesAsync(8 + 6);
        await x.SendAsync("second\n");
        await x.BytesAsync(8 + 7);
    }

    private static async Task RefusedAttachAsync(RawExchange x, bool reused)
    {
        await FreshOrReusedAsync(x, reused);
        await x.CallAsync("POST", "/containers/nope/attach?stream=1", Upgrade);
        await x.AliveAsync();
        await x.CallAsync("POST", "/containers/nope/attach?stream=1");
        await x.AliveAsync();
    }

    private static async Task StoppedAttachAsync(RawExchange x)
    {
        var container = await x.ContainerAsync(["cat"], Stdin, start: false);
        await x.SendAsync($"POST /containers/{container}/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: docker\r\n{Upgrade}\r\n");
        await x.HeadAsync();
        await x.Engine.Api.PostAsync($"/containers/{container}/start");
        await x.SendAsync("hello\n");
        await x.BytesAsync(8 + 6);
    }

    private static async Task AttachLogsAsync(RawExchange x)
    {
        var container = await x.ContainerAsync(["sh", "-c", "echo out; sleep 0.1; echo err >&2"]);
        await x.Engine.Api.PostAsync($"/containers/{container}/wait");
        await x.SendAsync($"POST /containers/{container}/attach?logs=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: docker\r\n{Upgrade}\r\n");
        await x.HeadAsync();
        await x.RestAsync();
    }

    private static async Task AttachEndAsync(RawExchange x)
    {
        var container = await x.ContainerAsync(["sh", "-c", "read a; echo bye $a"], Stdin);
        await x.SendAsync($"POST /containers/{container}/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: docker\r\n{Upgrade}\r\n");
        await x.HeadAsync();
        await x.SendAsync("x\n");
        await x.RestAsync();
    }

    private static async Task AttachHalfCloseAsync(RawExchange x)
    {
        var container = await x.ContainerAsync(["sh", "-c", "cat; sleep 0.5; echo end"], StdinOnce);
        await x.SendAsync($"POST /containers/{container}/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: docker\r\n{Upgrade}\r\n");
        await x.HeadAsync();
        await x.SendAsync("all\n");
        x.HalfClose();
        await x.RestAsync();
    }

    private static async Task WebSocketAsync(RawExchange x, bool reused)
    {
        var container = await x.ContainerAsync(["sh", "-c", "read a; echo got $a; sleep 1000"], Stdin);
        await FreshOrReusedAsync(x, reused);
        await x.SendAsync(
            $"GET /containers/{container}/attach/ws?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Origin: http://docker\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        await x.HeadAsync();
        // A masked text frame with an all-zero mask: "hello\n".
        await x.SendAsync("\x81\x86\0\0\0\0hello\n");
        await x.BytesAsync(2 + "got hello\n".Length);
    }

    private static async Task H2cAsync(RawExchange x, bool reused, string path)
    {
        await FreshOrReusedAsync(x, reused);
        await x.SendAsync(
            $"POST {path} HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nX-Docker-Expose-Session-Uuid: raw{reused}{x.GetHashCode()}\r\n"
            + "X-Docker-Expose-Session-Name: raw\r\nX-Docker-Expose-Session-Sharedkey: raw\r\n\r\n");
        await x.HeadAsync();
        if (path == "/session")
        {
            // The engine is the HTTP/2 client here and speaks first.
            await x.BytesAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length);
            return;
        }

        await x.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
        await x.BytesAsync(9);
    }

    private static async Task OrdinaryUpgradeAsync(RawExchange x)
    {
        await x.CallAsync("GET", "/_ping", Upgrade);
        await x.AliveAsync();
        await x.CallAsync("GET", "/_ping", "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n");
        await x.AliveAsync();
        await x.CallAsync("GET", "/_ping", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        await x.AliveAsync();
    }

    private static async Task OrdinaryUpgradePostAsync(RawExchange x)
    {
        await x.CallAsync("POST", "/containers/nope/rename?name=x", Upgrade + Json, "{}");
        await x.AliveAsync();
    }

    private static async Task LogsAsync(RawExchange x)
    {
        var container = await x.ContainerAsync(["sh", "-c", "echo out; sleep 0.1; echo err >&2"]);
        await x.Engine.Api.PostAsync($"/containers/{container}/wait");
        await x.CallAsync("GET", $"/containers/{container}/logs?stdout=1&stderr=1");
        await x.AliveAsync();
    }
}
