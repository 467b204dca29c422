using System.Net.Sockets;
using System.Text.Json;
using DockerGuardProxy.Admin.Doctor;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Commands;
using DockerGuardProxy.Tests.Admin;
using Xunit;
using static DockerGuardProxy.Tests.Engine.Samples;

namespace DockerGuardProxy.Tests.Commands;

/// <summary>The doctor without an engine: whatever is missing is a finding, and nothing an error.</summary>
public sealed class DoctorCommandTests
{
    [Fact]
    public async Task A_proxy_that_is_down_and_a_bad_file_are_found()
    {
        await using var rig = new AdminRig();
        rig.Folder.With($$"""{ "listen": { "path": "{{rig.Folder["docker.sock"]}}" }, "engine": { "path": "{{rig.Folder["engine.sock"]}}" }, "guard": { "mode": "x" } }""");
        var (code, output) = await RunAsync(rig, json: false);
        Assert.Equal(DoctorCommand.ProblemFound, code);
        Assert.All(output.Split('\n'), line => Assert.True(line.Length <= 80, line));
        Assert.DoesNotContain('\e', output);
        var words = string.Join(' ', output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("PROBLEM proxy: it does not answer: ", words, StringComparison.Ordinal);
        Assert.Contains("PROBLEM configuration: guard.mode: ", words, StringComparison.Ordinal);
        Assert.Contains("PROBLEM socket: ", words, StringComparison.Ordinal);
        Assert.Contains("PROBLEM engine: it does not answer: ", words, StringComparison.Ordinal);
        Assert.EndsWith("problems.", words, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_answers_is_asked_where_things_are()
    {
        await using var rig = await AdminRig.StartAsync("""{ "engine": { "pidFile": "/nowhere.pid" } }""");
        var (code, output) = await RunAsync(rig, json: true);
        var report = JsonSerializer.Deserialize(output, ReportJson.Default.DoctorReport)!;
        Assert.Equal((DoctorCommand.ProblemFound, DoctorReport.FormatVersion, rig.Guard.Time.GetUtcNow()), (code, report.Version, report.Time));
        Assert.Equal("ok", report.Findings.Single(finding => finding.Check == "proxy").Level);
        Assert.StartsWith(
            "/nowhere.pid names no process", report.Findings.Single(finding => finding.Check == "engine-process").Text, StringComparison.Ordinal);
        Assert.Equal(report.Problems, report.Findings.Count(finding => finding.Level == "problem"));
    }

    [Fact]
    public async Task Garbage_in_the_places_of_proxy_and_engine_is_survived()
    {
        await using var rig = new AdminRig();
        rig.Folder.With($$"""{ "engine": { "path": "{{rig.Folder["engine.sock"]}}" } }""");
        using var end = new CancellationTokenSource();
        var serving = new[] { rig.Path, rig.Folder["engine.sock"] }.Select(path => GarbageAsync(path, end.Token)).ToArray();
        var (code, output) = await RunAsync(rig, json: true);
        Assert.Equal(DoctorCommand.ProblemFound, code);
        Assert.NotNull(JsonSerializer.Deserialize(output, ReportJson.Default.DoctorReport));
        await end.CancelAsync();
        await Task.WhenAll(serving);
    }

    private static async Task GarbageAsync(string path, CancellationToken cancellationToken)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        try
        {
            while (true)
            {
                using var client = await listener.AcceptAsync(cancellationToken);
                await client.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n\r\n[{]"u8.ToArray(), cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static async Task<(int Code, string Output)> RunAsync(AdminRig rig, bool json)
    {
        using var output = new StringWriter { NewLine = "\n" };
        var examiner = new Examiner(rig.Path, rig.Folder.Sources with { FileIsNamed = true }, rig.Proc.Root.Proc, TimeProvider.System);
        return (await DoctorCommand.RunAsync(examiner, json, colour: false, rig.Guard.Time, output, Cancel), output.ToString());
    }
}
