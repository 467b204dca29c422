using System.Diagnostics;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Packaging;

/// <summary>What an operator does to a node, there and back, on a system that has booted with cgroup v2.</summary>
[Collection(typeof(Debian12))]
public sealed class RehearsalTests(Debian12 debian)
{
    /// <summary>
    /// Two services that talk to each other, by address, as the engine itself is their name server and is restarted; and one that has bound the
    /// engine's socket.
    /// </summary>
    private const string Project = """
        version: "3.8"
        services:
          web:
            image: box
            command: sh -c 'mkdir -p /www; echo hello >/www/index.html; exec busybox httpd -f -p 80 -h /www'
            stop_grace_period: 1s
            networks: { default: { ipv4_address: 172.31.9.100 } }
          caller:
            image: box
            command: >-
              sh -c 'until busybox wget -q -O - http://172.31.9.100/; do sleep 0.1; done;
              while sleep 0.1; do busybox wget -q -O /dev/null http://172.31.9.100/ && echo ok || echo lost; done >/calls/log'
            stop_grace_period: 1s
            volumes: [ "/root/shop/calls:/calls" ]
          agent:
            image: box
            command: sleep 100000
            stop_grace_period: 1s
            volumes: [ "/var/run/docker.sock:/var/run/docker.sock" ]
        networks:
          default: { ipam: { config: [ { subnet: 172.31.9.0/24 } ] } }
        """;

    private const string Compose = "cd /root/shop; docker-compose --ansi never";

    /// <summary>
    /// The package that is upgraded and gone back to: a real one that the variable names, else this one under an older number and with its units
    /// where 0.1.0 had them.
    /// </summary>
    private static string? Previous { get; } = Environment.GetEnvironmentVariable("DOCKER_GUARD_PROXY_PREVIOUS_DEB");

    private BootedDebian Node => debian.Node;

    [Fact]
    public async Task An_upgrade_and_the_way_back_lose_nothing_of_an_incident()
    {
        var package = await Packages.DebAsync();
        var previous = Previous ?? await Packages.WithUnitsInLibAsync(package);
        await Node.InstallAsync(previous);
        var id = await debian.RunWriterAsync();
        try
        {
            await debian.Disk.FreezeAsync();
            var told = await debian.RefusedStopAsync(id);
            Assert.Equal("1", await StopsAsync(id));
            foreach (var next in (string[])[package, previous, package])
            {
                await Node.InstallAsync(next);
                var clock = Stopwatch.StartNew();
                var again = await debian.RefusedStopAsync(id);
                Figures.Record($"refused by {Path.GetFileName(next)}, which took over, after", clock.Elapsed);
                Assert.Equal(Since(told), Since(again));
                Assert.Equal("1", await StopsAsync(id));
                await debian.StatusNamesAsync(id);
            }
        }
        finally
        {
            await debian.Disk.ThawAsync();
        }

        await debian.EndAsync(id);
    }

    [Fact]
    public async Task It_stands_in_for_a_project_and_goes_back_and_no_call_between_its_services_is_lost()
    {
        await Node.InstallAsync(await Packages.DebAsync());
        var commands = Documents.ConsoleBlocks("docs/stand-in.md");
        Directory.CreateDirectory($"{Node.Root}/root/shop/calls");
        await File.WriteAllTextAsync($"{Node.Root}/root/shop/docker-compose.yml", Project);
        try
        {
            await Node.RunAsync($"{Compose} up -d");
            Assert.Equal("systemd", await AgentsServerAsync());

            await Node.RunAsync("cd /usr/share/doc/docker-guard-proxy/examples/stand-in\n" + commands[0]);
            await AnswersAsync("docker-guard-pr");
            await Node.RunAsync(commands[1]);
            await AnswersAsync("systemd");

            var calls = await File.ReadAllLinesAsync($"{Node.Root}/root/shop/calls/log");
            Figures.Record("calls between two services, there and back", calls.Length);
            Assert.True(calls.Length > 10, $"only {calls.Length} calls");
            Assert.All(calls, call => Assert.Equal("ok", call));
        }
        finally
        {
            await Node.TryAsync($"[ ! -e /etc/systemd/system/docker.socket.d/docker-guard-proxy.conf ] || {{ {commands[1]}\n}}");
            await Node.TryAsync($"{Compose} down -t 1");
        }
    }

    /// <summary>How many stops came to the engine, which logs each whose SIGTERM was in vain.</summary>
    private Task<string> StopsAsync(string id) => Node.RunAsync($"journalctl -u docker | grep -c 'failed to exit within .* of signal 15.*{id}'");

    /// <summary>The project answers by whoever serves the engine's path now.</summary>
    private async Task AnswersAsync(string server)
    {
        Assert.Equal(server, await SocketServer.NameAsync($"{Node.Root}/run/docker.sock"));
        // It still holds the socket that nobody serves any more.
        Assert.NotNull(await Poll.UntilAsync(
            async () => (await Node.TryAsync("docker-guard-proxy doctor")).Output.Contains("shop_agent_1", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60)));
        await Node.RunAsync($"{Compose} restart -t 1 agent");
        Assert.Equal(server, await AgentsServerAsync());
        Assert.Equal("shop_agent_1\nshop_caller_1\nshop_web_1", await Node.RunAsync("docker ps --format '{{.Names}}' | sort"));
        Assert.Equal("hello", await Node.RunAsync($"{Compose} exec -T web busybox cat /www/index.html"));
        Assert.Equal("hello", await Node.RunAsync($"{Compose} run --rm -T caller busybox wget -q -O - http://web/"));
        await Node.RunAsync($"{Compose} up -d");
    }

    /// <summary>Who serves the socket that the agent has bound; it answers.</summary>
    private async Task<string> AgentsServerAsync()
    {
        var pid = await Node.RunAsync("docker inspect -f '{{.State.Pid}}' shop_agent_1");
        var bound = $"{Node.Root}/proc/{pid}/root/var/run/docker.sock";
        Assert.Null((await ShortCalls.PingAsync(bound)).Fault);
        return await SocketServer.NameAsync(bound);
    }

    private static string Since(string refusal)
    {
        const string Word = " since ";
        var start = refusal.IndexOf(Word, StringComparison.Ordinal) + Word.Length;
        return refusal[start..refusal.IndexOf(": ", start, StringComparison.Ordinal)];
    }
}
