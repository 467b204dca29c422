using System.Text.Json;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.EngineTests.Guard;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Admin;

/// <summary>The archive for a bug report, in the incident and without a proxy; unpacked by the system's own tar.</summary>
public sealed class BundleTests(Laboratory laboratory)
{
    private const string Secret = "sesame-open-up";

    [Fact]
    public async Task In_the_incident_it_has_the_evidence_and_no_secret()
    {
        var (engine, _) = await laboratory.BenchAsync(Dockerd.Leaky);
        await using var proxy = await Proxy.StartAsync(engine);
        await File.WriteAllTextAsync(proxy.ConfigFile, $$"""
            {
              "version": 1,
              "engine": { "path": "{{engine.Socket}}", "pidFile": "{{engine.PidFile}}" },
              "admin": { "path": "{{proxy.AdminSocket}}" },
              "telemetry": { "otlp": { "endpoint": "http://127.0.0.1:9/{{Secret}}?key={{Secret}}", "protocol": "http/protobuf" } }
            }
            """);
        proxy.Environment["OTEL_EXPORTER_OTLP_HEADERS"] = $"authorization=Bearer {Secret}";
        proxy.Environment["OTEL_RESOURCE_ATTRIBUTES"] = $"token={Secret}";
        proxy.Environment["OTEL_EXPORTER_OTLP_CLIENT_KEY"] = $"/etc/{Secret}.pem";
        proxy.Environment["HTTPS_PROXY"] = $"http://me:{Secret}@127.0.0.1:9";
        Assert.Equal(0, await proxy.StopAsync(TimeSpan.FromSeconds(15)));
        await proxy.StartAsync();
        await proxy.ReadyAsync();
        await using var stuck = await IncidentContainer.StartAsync(engine, "bundled");
        Assert.Equal(503, (await proxy.Api.CallAsync("POST", $"/containers/{stuck.Name}/stop?t=1")).Status);
        var (pid, comm) = Assert.Single(stuck.Blocked());

        var file = Path.Combine(proxy.Folder, "bundle.tar.gz");
        var result = await Command.RunAsync([Proxy.Program, "bundle", "--admin", proxy.AdminSocket, "--output", file]);
        Assert.Equal((0, "", file), (result.ExitCode, result.Error, result.Output.Split('\n')[0]));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Figures.Record("bundle of one stuck container, bytes", new FileInfo(file).Length);

        var folder = await UnpackAsync(file);
        string Read(string name) => File.ReadAllText(Path.Combine(folder, name));
        var status = JsonSerializer.Deserialize(Read("status.json"), ReportJson.Default.StatusReport)!;
        var task = Assert.Single(Assert.Single(status.Containers, container => container.Id == stuck.Id).Tasks, task => task.State == "D");
        Assert.Equal((pid, comm, "percpu_rwsem_wait"), (task.Pid, task.Comm, task.Wchan));
        Assert.Contains($"({comm}) D ", Read($"evidence/{task.Pid}-{task.Tid}/stat"), StringComparison.Ordinal);
        Assert.Matches("(?m)^ShdPnd:\t0*100$", Read($"evidence/{task.Pid}-{task.Tid}/status"));
        Assert.Equal("percpu_rwsem_wait", Read($"evidence/{task.Pid}-{task.Tid}/wchan"));
        Assert.Contains(stuck.Id, Read($"evidence/{task.Pid}-{task.Tid}/cgroup"), StringComparison.Ordinal);

        var decisions = JsonSerializer.Deserialize(Read("decisions.json"), ReportJson.Default.DecisionsReport)!.Decisions;
        TestContext.Current.TestOutputHelper!.WriteLine(Read("decisions.json"));
        Assert.Equal(["forwarded/room", "refused/stuck"], decisions.Select(decision => $"{decision.Decision}/{decision.Reason}"));
        Assert.All(
            decisions, decision => Assert.Equal((stuck.Id, Environment.ProcessId, 0u), (decision.Container, decision.CallerPid, decision.CallerUid)));
        Assert.Equal((pid, "d-state"), (decisions[^1].Task!.Pid, decisions[^1].Diagnosis));
        Assert.Contains("docker_guard_containers_stuck", Read("metrics.txt"), StringComparison.Ordinal);
        Assert.Contains("\"Docker/20.10.5", Read("versions.json"), StringComparison.Ordinal);
        Assert.Contains("Linux version ", Read("versions.json"), StringComparison.Ordinal);
        Assert.Contains("\"http://127.0.0.1:9/REDACTED\"", Read("configuration.json"), StringComparison.Ordinal);
        foreach (var name in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
            Assert.DoesNotContain(Secret, await File.ReadAllTextAsync(name), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_proxy_it_says_what_is_missing()
    {
        var (engine, _) = await laboratory.BenchAsync();
        var folder = Directory.CreateDirectory(Machine.NewPath("b")).FullName;
        var (file, config, admin) = (Path.Combine(folder, "bundle.tar.gz"), Path.Combine(folder, "config.json"), Path.Combine(folder, "admin.sock"));
        await File.WriteAllTextAsync(config, $$"""{ "engine": { "path": "{{engine.Socket}}" } }""");
        string[] command = [Proxy.Program, "bundle", "--admin", admin, "--config", config, "--output", file];
        var result = await Command.RunAsync(command);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"missing: status.json: {admin}: no such socket; is the proxy running?\n", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("the engine's version", result.Error, StringComparison.Ordinal);
        var unpacked = await UnpackAsync(file);
        Assert.Contains("\"Docker/", await File.ReadAllTextAsync(Path.Combine(unpacked, "versions.json")), StringComparison.Ordinal);
        Assert.Contains(engine.Socket, await File.ReadAllTextAsync(Path.Combine(unpacked, "configuration-of-file.json")), StringComparison.Ordinal);

        // What is there is kept; a folder that is not there can't be written to.
        Assert.Equal(2, (await Command.RunAsync(command)).ExitCode);
        command[^1] = Path.Combine(folder, "nowhere", "x.tar.gz");
        Assert.Equal(2, (await Command.RunAsync(command)).ExitCode);
    }

    private static async Task<string> UnpackAsync(string file)
    {
        var folder = Directory.CreateDirectory(file + ".d").FullName;
        var tar = await Command.RunAsync(["tar", "-xzf", file, "-C", folder]);
        Assert.True(tar.ExitCode == 0, tar.Error);
        return Assert.Single(Directory.GetDirectories(folder));
    }
}
