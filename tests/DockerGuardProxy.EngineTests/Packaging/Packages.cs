using System.Collections.Concurrent;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.EngineTests.Packaging;

/// <summary>What the scripts in <c>packaging</c> build, made once for a test run, from the sources as they are.</summary>
internal static class Packages
{
    /// <summary>Version of the second package: as the first, and newer.</summary>
    public const string NextVersion = "99.0";

    // A native build from scratch takes more than a minute on a small machine.
    private static readonly TimeSpan BuildLimit = TimeSpan.FromMinutes(15);

    private static readonly Lazy<Task<string>> LazyDeb = new(() => BuildAsync("deb"));
    private static readonly Lazy<Task<string>> LazyNextDeb = new(() => BuildAsync("deb", NextVersion));
    private static readonly Lazy<Task<string>> LazyTarball = new(() => BuildAsync("tarball"));
    private static readonly Lazy<Task<string>> LazyRpm = new(() => BuildAsync("rpm"));
    private static readonly Lazy<Task<string>> LazyNextRpm = new(() => BuildAsync("rpm", NextVersion));
    private static readonly ConcurrentDictionary<string, Task<string>> Arm64 = new();

    /// <summary>The program itself.</summary>
    public static string Program { get; } = Path.Combine(Machine.Repository, "artifacts/release/docker-guard-proxy");

    /// <summary>The package.</summary>
    public static Task<string> DebAsync() => LazyDeb.Value;

    /// <summary>The package that upgrades it.</summary>
    public static Task<string> NextDebAsync() => LazyNextDeb.Value;

    /// <summary>The archive.</summary>
    public static Task<string> TarballAsync() => LazyTarball.Value;

    /// <summary>The package for the RHEL family.</summary>
    public static Task<string> RpmAsync() => LazyRpm.Value;

    /// <summary>The package that upgrades it.</summary>
    public static Task<string> NextRpmAsync() => LazyNextRpm.Value;

    /// <summary>What the script of that name (<c>deb</c>, <c>rpm</c>, <c>tarball</c>) builds for arm64.</summary>
    public static Task<string> Arm64Async(string script) => Arm64.GetOrAdd(script, static script => BuildAsync(script, "arm64"));

    /// <summary>The package as 0.1.0 laid it out, with its units in /lib, and older than any.</summary>
    public static async Task<string> WithUnitsInLibAsync(string package)
    {
        var folder = Machine.NewPath("d");
        Directory.CreateDirectory(folder);
        var old = $"{folder}/docker-guard-proxy_0.0.1_amd64.deb";
        var result = await Command.RunAsync(
        [
            "bash", "-ec",
            "dpkg-deb -R \"$1\" \"$0/tree\"; mkdir \"$0/tree/lib\"; mv \"$0/tree/usr/lib/systemd\" \"$0/tree/lib\"; "
            + "sed -i 's/^Version: .*/Version: 0.0.1/' \"$0/tree/DEBIAN/control\"; dpkg-deb -Znone --root-owner-group -b \"$0/tree\" \"$2\"",
            folder, package, old,
        ]);
        return result.ExitCode == 0 ? old : throw new InvalidOperationException(result.Error);
    }

    private static async Task<string> BuildAsync(string script, params string[] arguments)
    {
        var result = await Command.RunAsync([Path.Combine(Machine.Repository, "packaging", script), .. arguments], limit: BuildLimit);
        var file = result.Output.TrimEnd().Split('\n')[^1];
        return result.ExitCode == 0
            ? Path.Combine(Machine.Repository, file)
            : throw new InvalidOperationException($"packaging/{script} failed:\n{result.Output}\n{result.Error}");
    }
}
