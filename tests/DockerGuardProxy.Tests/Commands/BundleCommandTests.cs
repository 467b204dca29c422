using System.Formats.Tar;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text.Json;
using DockerGuardProxy.Admin.Bundle;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Commands;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Tests.Admin;
using Xunit;
using static DockerGuardProxy.Tests.Engine.Samples;

namespace DockerGuardProxy.Tests.Commands;

/// <summary>The archive for a bug report, of a proxy that runs and of one that does not.</summary>
public sealed class BundleCommandTests
{
    private const string Folder = "docker-guard-proxy-bundle-20260301T080020Z/";

    [Fact]
    public async Task Of_a_running_proxy_it_has_everything_but_secrets()
    {
        await using var rig = await AdminRig.StartAsync("""{ "telemetry": { "otlp": { "endpoint": "https://otlp.example/sesame?key=sesame" } } }""");
        rig.BecomeStuck(
            tasks: new StuckTask(
                Environment.ProcessId, Environment.ProcessId, 9, "touch", 'D', "percpu_rwsem_wait", "fuse.dav https://me:sesame@h/?x=sesame"));

        var (code, output, errors) = await RunAsync(rig);
        Assert.Contains("missing: the engine's version: /var/run/docker.sock: ", errors, StringComparison.Ordinal);
        Assert.Equal((1, 1), (code, errors.Count('\n')));
        Assert.StartsWith(rig.Folder["bundle.tar.gz"] + "\n", output, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(rig.Folder["bundle.tar.gz"]));

        var files = Unpack(rig);
        var evidence = $"evidence/{Environment.ProcessId}-{Environment.ProcessId}/";
        string[] names =
        [
            "bundle.json", "status.json", "decisions.json", "metrics.txt", "configuration.json", "versions.json",
            evidence + "stat", evidence + "status", evidence + "wchan", evidence + "cgroup",
        ];
        Assert.Equal(names, files.Keys.Where(name => files[name].Length > 0 || name.EndsWith("wchan", StringComparison.Ordinal)));
        Assert.All(files.Values, text => Assert.DoesNotContain("sesame", text, StringComparison.Ordinal));
        Assert.Equal("stuck", JsonSerializer.Deserialize(files["decisions.json"], ReportJson.Default.DecisionsReport)!.Decisions[^1].Reason);
        Assert.True(JsonSerializer.Deserialize(files["status.json"], ReportJson.Default.StatusReport)!.Containers[0].Stuck);
        Assert.Contains("https://otlp.example:443/REDACTED", files["configuration.json"], StringComparison.Ordinal);
        Assert.Contains("Linux version ", files["versions.json"], StringComparison.Ordinal);
        Assert.Contains("# TYPE ", files["metrics.txt"], StringComparison.Ordinal);
        var list = JsonSerializer.Deserialize(files["bundle.json"], ReportJson.Default.BundleReport)!;
        Assert.Equal(names.Skip(1), list.Files);
        Assert.Equal("the engine's version", Assert.Single(list.Missing).What);
    }

    [Fact]
    public async Task Of_a_proxy_that_is_down_it_says_what_is_missing_and_why()
    {
        await using var rig = new AdminRig();
        rig.Folder.With("""{ "engine": { "path": "/nowhere.sock" }, "telemetry": { "otlp": { "endpoint": "ftp://me:sesame@h" } } }""");
        var (code, _, errors) = await RunAsync(rig);
        Assert.Equal(1, code);
        var gone = $"{rig.Path}: no such socket; is the proxy running?";
        Assert.Equal(
            $"""
            missing: status.json: {gone}
            missing: decisions.json: {gone}
            missing: metrics.txt: {gone}
            missing: configuration.json: {gone}
            missing: the engine's version: /nowhere.sock: no such socket; is the engine running?
            missing: evidence: without the status it is not known which tasks are stuck

            """,
            errors);
        var files = Unpack(rig);
        Assert.Equal(["bundle.json", "configuration-of-file.json", "versions.json"], files.Keys);
        Assert.Contains("ftp://REDACTED@h", files["configuration-of-file.json"], StringComparison.Ordinal);
        Assert.All(files.Values, text => Assert.DoesNotContain("sesame", text, StringComparison.Ordinal));
        Assert.Equal(6, JsonSerializer.Deserialize(files["bundle.json"], ReportJson.Default.BundleReport)!.Missing.Count);
    }

    [Fact]
    public async Task A_task_that_is_gone_and_a_proxy_without_decisions_are_told()
    {
        await using var rig = await AdminRig.StartAsync();
        rig.BecomeStuck(tasks: new StuckTask(int.MaxValue, int.MaxValue, 9, "touch", 'D', "", null));
        var (_, _, errors) = await RunAsync(rig);
        Assert.Contains($"missing: evidence/{int.MaxValue}-{int.MaxValue}/stat: ", errors, StringComparison.Ordinal);

        await using var other = new AdminRig();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(other.Path));
        listener.Listen();
        var running = RunAsync(other);
        for (var i = 0; i < 4; i++)
        {
            using var client = await listener.AcceptAsync(Cancel);
            await client.ReceiveAsync(new byte[4096], Cancel);
            await client.SendAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), Cancel);
        }

        Assert.Contains(
            "missing: decisions.json: the proxy answered 404 to /v1/decisions; is it of another version?\n",
            (await running).Errors,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_that_is_there_is_overwritten()
    {
        await using var rig = new AdminRig();
        await File.WriteAllTextAsync(rig.Folder["bundle.tar.gz"], "mine", Cancel);
        var (code, output, errors) = await RunAsync(rig);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains("already exists", errors, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(rig.Folder["bundle.tar.gz"], Cancel));
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(AdminRig rig)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var sources = rig.Folder.Sources with { FileIsNamed = true };
        var code = await BundleCommand.RunAsync(
            new BundleCollector(rig.Path, sources, "/proc"), rig.Folder["bundle.tar.gz"], rig.Guard.Time, output, errors, Cancel);
        return (code, output.ToString(), errors.ToString());
    }

    private static OrderedDictionary<string, string> Unpack(AdminRig rig)
    {
        var files = new OrderedDictionary<string, string>();
        using var tar = new TarReader(new GZipStream(File.OpenRead(rig.Folder["bundle.tar.gz"]), CompressionMode.Decompress));
        while (tar.GetNextEntry(copyData: true) is { } entry)
        {
            Assert.Equal(
                (UnixFileMode.UserRead | UnixFileMode.UserWrite, 0, rig.Guard.Time.GetUtcNow()), (entry.Mode, entry.Uid, entry.ModificationTime));
            Assert.StartsWith("docker-guard-proxy-bundle-2026", entry.Name, StringComparison.Ordinal);
            using var text = new StreamReader(entry.DataStream ?? Stream.Null);
            files.Add(entry.Name[Folder.Length..], text.ReadToEnd());
        }

        return files;
    }
}
