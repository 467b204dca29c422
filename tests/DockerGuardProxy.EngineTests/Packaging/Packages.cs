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

    /// <summary>The program itself.</summary>
    public static string Program { get; } = Path.Combine(Machine.Repository, "artifacts/release/docker-guard-proxy");

    /// <summary>The package.</summary>
    public static Task<string> DebAsync() => LazyDeb.Value;

    /// <summary>The package that upgrades it.</summary>
    public static Task<string> NextDebAsync() => LazyNextDeb.Value;

    /// <summary>The archive.</summary>
    public static Task<string> TarballAsync() => LazyTarball.Value;

    private static async Task<string> BuildAsync(string script, params string[] arguments)
    {
        var result = await Command.RunAsync([Path.Combine(Machine.Repository, "packaging", script), .. arguments], limit: BuildLimit);
        var file = result.Output.TrimEnd().Split('\n')[^1];
        return result.ExitCode == 0
            ? Path.Combine(Machine.Repository, file)
            : throw new InvalidOperationException($"packaging/{script} failed:\n{result.Output}\n{result.Error}");
    }
}
