using System.Net.Sockets;
using System.Text;
using DockerGuardProxy.EngineTests.Guard;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Admin;

/// <summary>The operator's side is asked or set up wrongly: a clear error, and every call is guarded all the same.</summary>
public sealed class BadInputTests(Laboratory laboratory)
{
    [Fact]
    public async Task Clients_that_send_garbage_or_never_read_disturb_nobody()
    {
        var (engine, _) = await laboratory.BenchAsync();
        await using var proxy = await Proxy.StartAsync(engine);
        await proxy.ReadyAsync();
        var sockets = new List<Socket>();
        try
        {
            byte[][] garbage =
            [
                "garbage\r\n\r\n"u8.ToArray(), new byte[100_000], "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(),
                "GET / HTTP/1.1\r\nHost"u8.ToArray(),
            ];
            foreach (var bytes in garbage)
                Send(bytes);
            var greedy = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("GET /v1/decisions HTTP/1.1\r\nHost: a\r\n\r\n", 500)));
            for (var i = 0; i < 60; i++)
                Send(greedy);
            await AssertGuardsAsync(engine, proxy);
        }
        finally
        {
            foreach (var socket in sockets)
                socket.Dispose();
        }

        // More than it takes at a time were there; the operator has his answer as soon as they are gone.
        Assert.NotNull(await Poll.UntilAsync(async () => (await StatusExitCodeAsync(proxy)) == 0, TimeSpan.FromSeconds(30), 200));
        Assert.False(proxy.Daemon.HasExited);
        Assert.DoesNotContain("fault of the proxy's own", await File.ReadAllTextAsync(proxy.Daemon.Log), StringComparison.Ordinal);

        void Send(byte[] bytes)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            sockets.Add(socket);
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(proxy.AdminSocket));
                socket.Blocking = false;
                socket.Send(bytes);
            }
            catch (SocketException)
            {
                // Refused or closed already, which is one way to deal with it.
            }
        }
    }

    [Fact]
    public async Task Two_proxies_on_one_admin_socket_both_guard_and_the_first_answers()
    {
        var (engine, _) = await laboratory.BenchAsync();
        await using var first = await Proxy.StartAsync(engine);
        await first.ReadyAsync();
        await using var second = await Proxy.StartAsync(engine, null, "--admin", first.AdminSocket);
        var expected =
            $"The admin socket is not served, so status, release and reload will not work; calls are guarded all the same. {first.AdminSocket}: "
            + "another process listens there; stop it first";
        Assert.NotNull(await Poll.UntilAsync(
            async () => (await File.ReadAllTextAsync(second.Daemon.Log)).Contains(expected, StringComparison.Ordinal), TimeSpan.FromSeconds(20)));
        await AssertGuardsAsync(engine, second);
        Assert.Equal(first.Daemon.Pid, (await first.StatusAsync()).Proxy.Pid);
        Assert.Equal(0, await second.StopAsync(TimeSpan.FromSeconds(15)));
        Assert.Equal(0, await StatusExitCodeAsync(first));
    }

    [Fact]
    public async Task A_metrics_port_in_use_costs_one_line()
    {
        var (engine, _) = await laboratory.BenchAsync();
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        await using var proxy = await Proxy.StartAsync(engine);
        await RestartAsync(proxy, engine, $$"""{ "path": "{{proxy.AdminSocket}}", "metrics": "{{taken.LocalEndpoint}}" }""", "{}");
        var log = await File.ReadAllTextAsync(proxy.Daemon.Log);
        Assert.Contains($"Metrics are not served on {taken.LocalEndpoint}; calls are guarded all the same. ", log, StringComparison.Ordinal);
        Assert.Contains("address already in use", log, StringComparison.Ordinal);
        await AssertGuardsAsync(engine, proxy);
        using var admin = new EngineApi(proxy.AdminSocket);
        Assert.Contains("docker_guard_", await admin.GetTextAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_is_no_URL_is_named_and_the_guard_stays()
    {
        var (engine, _) = await laboratory.BenchAsync();
        await using var proxy = await Proxy.StartAsync(engine);

        // In the file, under a running proxy: the old configuration stays.
        var admin = $$"""{ "path": "{{proxy.AdminSocket}}" }""";
        const string Wrong = "telemetry.otlp.endpoint: \"collector 4317\" is not an http or https URI, such as http://127.0.0.1:4317";
        await WriteAsync(proxy, engine, admin, """{ "otlp": { "endpoint": "collector 4317" } }""");
        var check = await Command.RunAsync([Proxy.Program, "check-config", proxy.ConfigFile]);
        Assert.Equal((2, Wrong + "\n"), (check.ExitCode, check.Error));
        var reload = await Command.RunAsync([Proxy.Program, "reload", "--admin", proxy.AdminSocket]);
        Assert.Equal((1, Wrong + "\nThe old configuration stays in use.\n"), (reload.ExitCode, reload.Error));
        await AssertGuardsAsync(engine, proxy);

        // At a start: the last good section counts.
        await RestartAsync(proxy, engine, admin, """{ "otlp": { "endpoint": "collector 4317" } }""");
        Assert.Contains(Wrong, await File.ReadAllTextAsync(proxy.Daemon.Log), StringComparison.Ordinal);
        var configuration = (await proxy.StatusAsync()).Configuration;
        Assert.Equal(("last-good", "enforce", Wrong), (configuration.Origin, configuration.Mode, Assert.Single(configuration.Failure!.Errors)));
        await AssertGuardsAsync(engine, proxy);

        // In the environment.
        proxy.Environment["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector 4317";
        await RestartAsync(proxy, engine, admin, "{}");
        Assert.Contains(
            "Telemetry is not exported; calls are guarded all the same. OTEL_EXPORTER_OTLP_ENDPOINT is not an http or https URI, such as http://127.0.0.1:4317",
            await File.ReadAllTextAsync(proxy.Daemon.Log), StringComparison.Ordinal);
        await AssertGuardsAsync(engine, proxy);
    }

    /// <summary>A container's whole life passes, and its stop goes through the ledger.</summary>
    private static async Task AssertGuardsAsync(Dockerd engine, Proxy proxy)
    {
        var name = $"life{Guid.NewGuid():N}"[..12];
        await proxy.Api.RunAsync(name, ["sleep", "1000"]);
        Assert.Equal(204, (await proxy.Api.CallAsync("POST", $"/containers/{name}/stop?t=0", TimeSpan.FromSeconds(30))).Status);
        Assert.False((await engine.StateAsync(name)).IsRunning);
        await engine.Api.RemoveAsync(name);
    }

    private static async Task<int> StatusExitCodeAsync(Proxy proxy) =>
        (await Command.RunAsync([Proxy.Program, "status", "--admin", proxy.AdminSocket])).ExitCode;

    private static async Task RestartAsync(Proxy proxy, Dockerd engine, string admin, string telemetry)
    {
        await WriteAsync(proxy, engine, admin, telemetry);
        Assert.Equal(0, await proxy.StopAsync(TimeSpan.FromSeconds(15)));
        await proxy.StartAsync();
        await proxy.ReadyAsync();
    }

    private static Task WriteAsync(Proxy proxy, Dockerd engine, string admin, string telemetry) => File.WriteAllTextAsync(proxy.ConfigFile, $$"""
        {
          "version": 1,
          "engine": { "path": "{{engine.Socket}}", "pidFile": "{{engine.PidFile}}" },
          "admin": {{admin}},
          "telemetry": {{telemetry}}
        }
        """);
}
