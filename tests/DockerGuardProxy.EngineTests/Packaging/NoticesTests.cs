using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Packaging;

/// <summary>What is shipped says under which licences it may be used.</summary>
public sealed class NoticesTests
{
    private static readonly string[] Parts =
        ["Yarp.ReverseProxy", "Microsoft.NETCore.App.Runtime.NativeAOT.linux-x64", "OpenTelemetry.Api ", "zlib-ng"];

    private static readonly string[] Licences =
        ["Permission is hereby granted, free of charge", "TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION"];

    [Fact]
    public async Task The_package_holds_its_own_licence_and_those_of_others()
    {
        const string Documents = "./usr/share/doc/docker-guard-proxy";
        var deb = await Packages.DebAsync();
        var copyright = await UnpackAsync("dpkg-deb --fsys-tarfile \"$0\" | tar -xO \"$1\"", deb, $"{Documents}/copyright");
        Assert.Contains("Files: *\nCopyright: 2026 The DockerGuardProxy authors\nLicense: Expat\n", copyright, StringComparison.Ordinal);
        Assert.Contains("License: Expat and Apache-2.0 and Zlib", copyright, StringComparison.Ordinal);
        AssertComplete(await UnpackAsync("dpkg-deb --fsys-tarfile \"$0\" | tar -xO \"$1\" | zcat", deb, $"{Documents}/THIRD-PARTY-NOTICES.txt.gz"));
    }

    [Fact]
    public async Task The_archive_holds_its_own_licence_and_those_of_others()
    {
        var archive = await Packages.TarballAsync();
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(Machine.Repository, "LICENSE")),
            await UnpackAsync("tar -xOzf \"$0\" --wildcards \"$1\"", archive, "*/LICENSE"));
        AssertComplete(await UnpackAsync("tar -xOzf \"$0\" --wildcards \"$1\"", archive, "*/THIRD-PARTY-NOTICES.txt"));
    }

    private static void AssertComplete(string notices)
    {
        Assert.All(Parts, part => Assert.Contains(part, notices, StringComparison.Ordinal));
        Assert.All(Licences, licence => Assert.Contains(licence, notices, StringComparison.Ordinal));
    }

    private static async Task<string> UnpackAsync(string script, string package, string file)
    {
        var result = await Command.RunAsync(["bash", "-o", "pipefail", "-c", script, package, file]);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }
}
