using System.Text.RegularExpressions;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Packaging;

/// <summary>The shipped file on systems as old as those on which the engine leaks.</summary>
public sealed partial class OldSystemTests
{
    /// <summary>CentOS 7's.</summary>
    private static readonly Version OldestGlibc = new(2, 17);

    [Fact]
    public async Task It_asks_for_no_newer_glibc()
    {
        await Packages.DebAsync();
        var result = await Command.RunAsync(["readelf", "--version-info", "--wide", Packages.Program]);
        var versions = Asked().Matches(result.Output).Select(match => new Version(match.Groups[1].Value)).Distinct().Order().ToArray();
        Assert.NotEmpty(versions);
        Figures.Record("newest glibc that the program asks for", versions[^1]);
        Assert.True(versions[^1] <= OldestGlibc, $"GLIBC_{versions[^1]}: bind the function to an older version, as packaging/old-glibc.c does");
    }

    [Fact]
    public async Task It_needs_nothing_but_glibc()
    {
        await Packages.DebAsync();
        var result = await Command.RunAsync(["readelf", "--dynamic", "--wide", Packages.Program]);
        Assert.Equal(
            ["ld-linux-x86-64.so.2", "libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0", "librt.so.1"],
            Needed().Matches(result.Output).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task It_starts_on_Debian_11()
    {
        await Packages.DebAsync();
        var tree = Path.Combine(Machine.Cache, "trees/bullseye");
        var folder = Machine.NewPath("o");
        Directory.CreateDirectory(folder);
        File.Copy(Packages.Program, Path.Combine(folder, "docker-guard-proxy"));

        // A mount namespace of its own: the tree, which other tests boot, stays as it is.
        var result = await Command.RunAsync(
        [
            "unshare", "-m", "bash", "-ec",
            "mount --bind \"$1\" \"$0/mnt\"; chroot \"$0\" /mnt/docker-guard-proxy version; chroot \"$0\" ldd --version | sed -n 1p", tree, folder,
        ]);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.StartsWith("docker-guard-proxy ", result.Output, StringComparison.Ordinal);
        Assert.Contains("2.31", result.Output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"Name: GLIBC_([0-9.]+)")]
    private static partial Regex Asked();

    [GeneratedRegex(@"\(NEEDED\).*\[(.+)\]")]
    private static partial Regex Needed();
}
