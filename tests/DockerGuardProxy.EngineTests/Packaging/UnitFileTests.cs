using System.Globalization;
using System.Text.RegularExpressions;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Packaging;

/// <summary>The unit files as systemd itself judges them, without running any.</summary>
public sealed partial class UnitFileTests
{
    private const double MostExposed = 3.0;

    private static readonly string Folder = Path.Combine(Machine.Repository, "systemd");

    [Fact]
    public async Task They_are_valid()
    {
        // The program of this test run, for verify looks for the file; the man page comes with the package.
        var folder = Machine.NewPath("u");
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.GetFiles(Folder))
        {
            var text = await File.ReadAllTextAsync(file);
            await File.WriteAllTextAsync(
                Path.Combine(folder, Path.GetFileName(file)), text.Replace("/usr/bin/docker-guard-proxy", Proxy.Program, StringComparison.Ordinal));
        }

        var result = await Command.RunAsync(["systemd-analyze", "verify", "--man=no", .. Directory.GetFiles(folder)]);
        Assert.Equal("", (result.Output + result.Error).Trim());
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task The_service_is_hardened()
    {
        var result = await Command.RunAsync(["systemd-analyze", "security", "--offline=true", Path.Combine(Folder, "docker-guard-proxy.service")]);
        var level = Level().Match(result.Output);
        Assert.True(level.Success, result.Output + result.Error);
        Figures.Record("systemd-analyze security", level.Groups[1].Value);
        Assert.InRange(double.Parse(level.Groups[1].Value, CultureInfo.InvariantCulture), 0, MostExposed);
    }

    [Fact]
    public async Task The_engine_and_its_memory_have_no_say_in_whether_the_service_runs()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Folder, "docker-guard-proxy.service"));
        foreach (var line in new[]
        {
            "Type=notify", "Restart=always", "StartLimitIntervalSec=0", "After=docker.service", "Before=kubelet.service cri-docker.service",
            "OOMScoreAdjust=-999", "LimitNOFILE=1048576",
        })
        {
            Assert.Contains(line, lines);
        }

        Assert.DoesNotContain(lines, line => Tie().IsMatch(line));
    }

    [Fact]
    public async Task Whatever_the_service_does_the_socket_stays()
    {
        var lines = await File.ReadAllLinesAsync(Path.Combine(Folder, "docker-guard-proxy.socket"));
        Assert.Contains("TriggerLimitIntervalSec=0", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("RemoveOnStop=", StringComparison.Ordinal) || Tie().IsMatch(line));
    }

    [GeneratedRegex(@"Overall exposure level for \S+: (\d+\.\d+)")]
    private static partial Regex Level();

    [GeneratedRegex(@"^(Requires|Requisite|BindsTo|PartOf|MemoryMax|MemoryHigh)=")]
    private static partial Regex Tie();
}
