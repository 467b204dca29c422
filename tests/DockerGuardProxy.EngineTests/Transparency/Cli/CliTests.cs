using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Transparency.Cli;

/// <summary>
/// The docker command prints, returns and leaves the same through the proxy: Debian's own and the newer one, and the newest with the newest engine.
/// </summary>
public sealed class CliTests(Laboratory laboratory)
{
    private const string Prelude = """
        docker() { "$DOCKER" "$@"; }
        x() { "$@"; local code=$?; echo "[$code]"; }
        export -f docker x
        """;

    private const string Old = "/usr/bin/docker";
    private const string New = "/usr/local/bin/docker";
    private static readonly string Newest = Path.Combine(Machine.Cache, "engines", Dockerd.Newest, "usr/bin/docker");
    private static readonly Dictionary<string, Scenario> All = Scenarios.All().ToDictionary(s => s.Name);

    public static IEnumerable<TheoryDataRow<string, string, string>> Rows()
    {
        foreach (var scenario in All.Values)
        {
            yield return new(Dockerd.Installed, Old, scenario.Name);
            if (File.Exists(New))
                yield return new(Dockerd.Installed, New, scenario.Name);
            if (!scenario.Basic)
                continue;
            yield return new(Dockerd.Leaky, Old, scenario.Name);
            yield return new(Dockerd.Newer, File.Exists(New) ? New : Old, scenario.Name);
            yield return new(Dockerd.Newest, Newest, scenario.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Prints_and_returns_the_same(string engine, string client, string scenario)
    {
        var bench = await laboratory.BenchAsync(engine);
        var direct = await RunAsync(bench, bench.Engine.Socket, client, All[scenario]);
        await bench.Engine.Api.RemoveAllAsync();
        var proxied = await RunAsync(bench, bench.ProxySocket, client, All[scenario]);
        await bench.Engine.Api.RemoveAllAsync();
        await Transcripts.KeepAsync($"{engine} {client} {scenario}", direct, proxied);
        Assert.DoesNotContain("Invalid container name", direct, StringComparison.Ordinal);
        if (direct != proxied)
            Assert.Fail($"--- direct\n{direct}\n--- through the proxy\n{proxied}");
    }

    private static async Task<string> RunAsync(Bench bench, string socket, string client, Scenario scenario)
    {
        var folder = Machine.NewPath("cli");
        var config = Path.Combine(folder, ".config");
        Directory.CreateDirectory(Path.Combine(config, "cli-plugins"));
        var buildx = Path.Combine(Machine.Cache, "engines", Dockerd.Newer, "usr/libexec/docker/cli-plugins/docker-buildx");
        if (client == New)
            File.CreateSymbolicLink(Path.Combine(config, "cli-plugins/docker-buildx"), buildx);
        try
        {
            var result = await Command.RunAsync(
                ["bash", "-c", $"cd '{folder}'\n{Prelude}\n{scenario.Script}"],
                new Dictionary<string, string>
                {
                    ["DOCKER"] = client,
                    ["DOCKER_HOST"] = "unix://" + socket,
                    ["DOCKER_CONFIG"] = config,
                    ["DOCKER_CLI_HINTS"] = "false",
                    ["SHELL"] = "/bin/bash",
                    ["TERM"] = "xterm",
                });
            return Normal.Of(
                $"exit {result.ExitCode}\n[stdout]\n{result.Output}\n[stderr]\n{result.Error}", bench.Engine.Socket, bench.ProxySocket, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
