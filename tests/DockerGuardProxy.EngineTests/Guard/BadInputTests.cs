using System.Globalization;
using System.Net.Sockets;
using System.Text;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>Calls that make no sense, and a proxy that can't see: answered as the engine would.</summary>
public sealed class BadInputTests(Laboratory laboratory)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task References_that_mean_nothing_are_answered_by_the_engine()
    {
        var (engine, proxy) = await laboratory.BenchAsync();
        var twin = await engine.Api.RunAsync("twin", ["sleep", "1000"]);
        Assert.NotNull(proxy);
        await proxy.ReadyAsync();
        string[] references =
        [
            "nosuch", new('0', 64), new('f', 12), "%zz", "..%2f..%2fetc", "a%20b", "%F0%9F%90%B3", "%2F", "", "twin%0A", "-", ".",
            new('a', 900), twin.ToUpperInvariant(), twin + "0", "twin/stop", "nosuch?", "?t=1",
        ];
        foreach (var reference in references)
        {
            foreach (var (method, call) in new[] { ("POST", "/stop?t=0"), ("POST", "/kill"), ("POST", "/restart?t=0"), ("DELETE", "?force=1") })
            {
                var target = $"/containers/{reference}{call}";
                var (direct, guarded) = (await AskAsync(engine.Socket, method, target), await AskAsync(proxy.Socket, method, target));
                Assert.True(direct == guarded, $"{method} {target}\ndirectly: {direct}\nthrough the proxy: {guarded}");
            }
        }

        Assert.True((await engine.StateAsync(twin)).IsRunning);
    }

    // net/http chunks what is longer than 2,048 bytes.
    [Fact]
    public async Task A_long_error_is_framed_as_by_the_engine()
    {
        var (engine, proxy) = await laboratory.BenchAsync();
        Assert.NotNull(proxy);
        var target = $"/containers/{new string('a', 10_000)}/kill";
        Assert.Equal(await AskAsync(engine.Socket, "POST", target), await AskAsync(proxy.Socket, "POST", target));
    }

    [Theory]
    [InlineData("stop?t=-1")]
    [InlineData("stop?t=-99999999999")]
    [InlineData("stop?t=99999999999")]
    [InlineData("stop?t=9223372036854775807")]
    [InlineData("stop?t=9223372036854775808")]
    [InlineData("stop?t=abc")]
    [InlineData("stop?t=")]
    [InlineData("stop?t=1.5")]
    [InlineData("stop?t=%201")]
    [InlineData("stop?t=0&t=abc")]
    [InlineData("stop?t=abc&t=0")]
    [InlineData("stop?t=0;t=1")]
    [InlineData("stop?t=5&t=99999999999&t=-1")]
    [InlineData("restart?t=-1")]
    [InlineData("restart?t=99999999999")]
    [InlineData("restart?t=abc")]
    [InlineData("kill?signal=FOO")]
    [InlineData("kill?signal=99999999999")]
    [InlineData("kill?signal=-9")]
    [InlineData("kill?signal=%00")]
    [InlineData("kill?signal=0")]
    [InlineData("kill?signal=HUP&signal=KILL")]
    [InlineData("kill?signal=KILL&signal=HUP")]
    public async Task Absurd_values_do_what_they_do_directly(string call)
    {
        var (engine, proxy) = await laboratory.BenchAsync();
        Assert.NotNull(proxy);
        await proxy.ReadyAsync();
        var direct = await OutcomeAsync(engine.Socket, "direct1");
        var guarded = await OutcomeAsync(proxy.Socket, "guarded");
        TestContext.Current.TestOutputHelper!.WriteLine(direct);
        Assert.Equal(direct, guarded);
        Assert.NotNull(await proxy.BecomesAsync(status => status.IsEmpty(), Limit));

        // SIGTERM ends it with 7, but two seconds later, so that a SIGKILL right behind it, with 137, always comes first.
        // Both names are as long: Content-Length counts them.
        async Task<string> OutcomeAsync(string socket, string name)
        {
            var id = await engine.Api.RunAsync(name, ["sh", "-c", "trap 'sleep 2; exit 7' TERM; touch /ready; while :; do sleep 0.1; done"]);
            Assert.NotNull(
                await Poll.UntilAsync(
                    async () => (await AskAsync(engine.Socket, "GET", $"/containers/{id}/changes")).Contains("/ready", StringComparison.Ordinal),
                    Limit));
            var started = (await engine.StateAsync(id)).StartedAt;
            var answer = await AskAsync(socket, "POST", $"/containers/{name}/{call}");
            var state = (await engine.Api.GetAsync($"/containers/{id}/json")).GetProperty("State");
            var again = state.GetProperty("StartedAt").GetString() != started;
            return $"{answer.Replace(id, "ID", StringComparison.Ordinal).Replace(name, "NAME", StringComparison.Ordinal)}"
                + $" running {state.GetProperty("Running")}, exit code {state.GetProperty("ExitCode")}, started again {again}";
        }
    }

    [Fact]
    public async Task Where_proc_cannot_be_read_a_caller_is_kept_for_maxWait()
    {
        var (engine, _) = await laboratory.BenchAsync();
        var empty = Directory.CreateDirectory(Machine.NewPath("proc")).FullName;
        await using var proxy = await Proxy.StartAsync(engine, """{ "patience": "2s", "maxWait": "6s" }""", "--procfs", empty);
        await using var stuck = await IncidentContainer.StartAsync(engine, "stuck");
        await proxy.ReadyAsync();
        await engine.Api.RunAsync("healthy", ["sleep", "1000"]);
        Assert.Equal(204, (await proxy.Api.CallAsync("POST", "/containers/healthy/stop?t=3")).Status);

        var answers = await Task.WhenAll(
            proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/stop?t=1"),
            proxy.Api.CallAsync("POST", $"/containers/{stuck.Id}/stop?t=5"),
            proxy.Api.CallAsync("POST", $"/containers/{stuck.ShortId}/kill"));
        foreach (var answer in answers)
        {
            Figures.Record("refused without /proc, maxWait 6 s", answer.Took);
            Assert.Equal((503, "refused"), (answer.Status, answer.Decision));
            Assert.Contains("/proc can't be read", answer.Body, StringComparison.Ordinal);
            Assert.True(answer.Took >= TimeSpan.FromSeconds(5.9), $"refused after {answer.Took}");
        }

        Assert.InRange(await engine.OpenCallsAsync(), 0, 3);
        var last = proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/kill");
        await Task.Delay(500);
        await stuck.ThawAsync();
        Assert.InRange((await last).Status, 204, 409);
        Assert.NotNull(await proxy.BecomesAsync(status => status.IsEmpty(), Limit));
    }

    [Fact]
    public async Task Without_an_index_every_call_is_forwarded_and_the_fault_is_logged_once()
    {
        var (engine, _) = await laboratory.BenchAsync();
        using var blind = new FakeEngine((_, connection, head, _) => RelayAsync(engine.Socket, connection, head));
        await using var proxy = await Proxy.StartAsync(blind.SocketPath, engine.PidFile, """{ "patience": "1s", "repeatHold": ["1s"] }""");
        await using var stuck = await IncidentContainer.StartAsync(engine, "stuck");
        var id = await engine.Api.RunAsync("healthy", ["sleep", "1000"]);
        (string Method, string Path, int Status)[] calls =
        [
            ("POST", "healthy/stop?t=0", 204), ("POST", $"{id}/stop?t=0", 304), ("POST", "healthy/kill", 409),
            ("POST", $"{id[..12]}/restart?t=0", 204), ("POST", "healthy/kill", 204), ("POST", "nosuch/kill", 404),
            ("DELETE", "healthy?force=1", 204), ("DELETE", "healthy?force=1", 404),
        ];
        foreach (var (method, path, status) in calls)
        {
            var answer = await proxy.Api.CallAsync(method, "/containers/" + path);
            Assert.True((answer.Status, answer.Decision) == (status, null), $"{path}: {answer}");
        }

        // Whom a call means is not known, so none is kept back, also on a container that is stuck.
        for (var i = 0; i < 3; i++)
            Assert.Equal(0, (await proxy.Api.CallAsync("POST", $"/containers/{stuck.Id}/stop?t=0&x={i}", TimeSpan.FromSeconds(4))).Status);
        Assert.Equal(3, engine.CallsSeen(stuck.Id, "/stop?"));
        await stuck.ThawAsync();

        Assert.True(blind.Requests.Count(line => line.Contains("/events", StringComparison.Ordinal)) > 1);
        var last = await proxy.StatusAsync();
        Assert.False(last.Engine.Ready);
        Assert.Equal((0, 0), (last.Calls.Refused, last.Faults));
        Assert.Single(File.ReadLines(proxy.Daemon.Log), line => line.Contains("lost the engine", StringComparison.Ordinal));
        Assert.NotNull(await proxy.BecomesAsync(status => status.IsEmpty(), Limit));
    }

    [Fact]
    public async Task A_mebibyte_before_the_signal_is_no_way_round_the_guard()
    {
        var (engine, proxy) = await laboratory.BenchAsync();
        Assert.NotNull(proxy);
        await proxy.ReadyAsync();
        var form = $"pad={new string('a', 1 << 20)}&signal=KILL";

        // 1. It does what it does directly: SIGKILL, whatever the query says.
        foreach (var (name, socket) in new[] { ("direct", engine.Socket), ("guarded", proxy.Socket) })
        {
            var id = await engine.Api.RunAsync(name, ["sleep", "1000"]);
            Assert.StartsWith("204", await AskAsync(socket, "POST", $"/containers/{name}/kill?signal=TERM", form), StringComparison.Ordinal);
            var state = (await engine.Api.GetAsync($"/containers/{id}/json")).GetProperty("State");
            Assert.Equal((false, 137), (state.GetProperty("Running").GetBoolean(), state.GetProperty("ExitCode").GetInt32()));
        }

        // 2. On a stuck container the second and third of them are not sent.
        await using var stuck = await IncidentContainer.StartAsync(engine, "stuck");
        var calls = Enumerable.Range(0, 3).Select(_ => AskAsync(proxy.Socket, "POST", $"/containers/{stuck.Id}/kill?signal=TERM", form)).ToArray();
        Assert.NotNull(await proxy.BecomesAsync(status => status.Calls is { Open: 1, Waiting: 2 }, Limit));
        Assert.Equal(1, engine.CallsSeen(stuck.Id, "/kill"));
        await stuck.ThawAsync();
        Assert.All(await Task.WhenAll(calls), answer => Assert.StartsWith("204", answer, StringComparison.Ordinal));
        Assert.Equal(1, engine.CallsSeen(stuck.Id, "/kill"));
        Assert.NotNull(await proxy.BecomesAsync(status => status.IsEmpty(), Limit));
    }

    /// <summary>Sends exactly this target, with a form as its body where there is one.</summary>
    /// <returns>Status, what headers tell the cases apart, and body.</returns>
    private static async Task<string> AskAsync(string socket, string method, string target, string? form = null)
    {
        using var client = await RawClient.ConnectAsync(socket);
        var type = form is null ? "" : "Content-Type: application/x-www-form-urlencoded\r\n";
        await client.SendAsync(
            $"{method} {target} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n{type}Content-Length: {form?.Length ?? 0}\r\n\r\n{form}");
        using var timeout = new CancellationTokenSource(Limit);
        using var answer = new MemoryStream();
        Assert.True(await client.RestAsync(answer, timeout.Token), $"{method} {target}: no end of the answer");
        var parts = Encoding.UTF8.GetString(answer.ToArray()).Split("\r\n\r\n", 2);
        var head = parts[0].Split("\r\n");
        string[] told = ["Content-Type:", "Content-Length:", "Transfer-Encoding:", "Location:", "Docker-Guard-Proxy:"];
        var headers = head.Skip(1).Where(line => told.Any(name => line.StartsWith(name, StringComparison.OrdinalIgnoreCase))).Order().ToArray();
        var body = headers.Contains("Transfer-Encoding: chunked") ? Unchunk(parts[^1]) : parts[^1];
        return $"{head[0].Replace("HTTP/1.1 ", "", StringComparison.Ordinal)} {string.Join(' ', headers)} {body.Trim()}";
    }

    /// <summary>Where the chunks part is nobody's business.</summary>
    private static string Unchunk(string chunks)
    {
        var body = new StringBuilder();
        for (var at = 0; ;)
        {
            var end = chunks.IndexOf("\r\n", at, StringComparison.Ordinal);
            var size = int.Parse(chunks.AsSpan(at, end - at), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (size == 0)
                return body.ToString();
            body.Append(chunks, end + 2, size);
            at = end + 2 + size + 2;
        }
    }

    /// <summary>Everything but what an index is made of goes on to the real engine; none of these calls has a body.</summary>
    private static async Task<bool> RelayAsync(string engineSocket, Socket client, string head)
    {
        var line = head.Split('\r')[0];
        if (line.Contains("/containers/json", StringComparison.Ordinal) || line.Contains("/events", StringComparison.Ordinal))
        {
            await client.SendAsync(
                "HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{\"message\":\"broken\"}"u8.ToArray());
            return true;
        }

        using var engine = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await engine.ConnectAsync(new UnixDomainSocketEndPoint(engineSocket));
        var kept = head.Split("\r\n").Where(header => !header.StartsWith("Connection:", StringComparison.OrdinalIgnoreCase));
        await engine.SendAsync(Encoding.Latin1.GetBytes($"{string.Join("\r\n", kept)}\r\nConnection: close\r\n\r\n"));
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await engine.ReceiveAsync(buffer)) > 0)
            await client.SendAsync(buffer.AsMemory(0, count));
        return false;
    }
}
