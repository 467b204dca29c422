using System.Diagnostics;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>The machine the tests run on: where things lie, and the one folder that holds everything a test run makes.</summary>
internal static class Machine
{
    private static readonly Lazy<string> LazyRoot = new(MakeRoot);
    private static int _numbers;

    /// <summary>What <c>tests/engines/get</c> fetched.</summary>
    public static string Cache { get; } =
        Environment.GetEnvironmentVariable("DOCKER_GUARD_PROXY_TEST_CACHE") ?? "/var/cache/docker-guard-proxy-tests";

    /// <summary>True in the long form (<c>tests/run --long</c>).</summary>
    public static bool LongForm { get; } = Environment.GetEnvironmentVariable("DOCKER_GUARD_PROXY_TESTS_LONG") == "1";

    /// <summary>Root of the checkout.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>
    /// Folder of this test run. A watchdog outside our process group empties it when the process has gone without doing so.
    /// Short, because it holds sockets (108 bytes at most).
    /// </summary>
    public static string Root => LazyRoot.Value;

    /// <summary>A new path below <see cref="Root"/>.</summary>
    public static string NewPath(string prefix) => Path.Combine(Root, prefix + Interlocked.Increment(ref _numbers));

    /// <summary>Ends and deletes all below <paramref name="directory"/>.</summary>
    public static async Task ReapAsync(string directory)
    {
        using var process = Process.Start(Script, [directory]);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{directory} could not be cleaned up; see the test run's standard error.");
    }

    private static string Script => Path.Combine(AppContext.BaseDirectory, "Lab", "reap");

    private static string MakeRoot()
    {
        if (Environment.UserName != "root")
            throw new InvalidOperationException("The engine tests must run as root: they start real engines.");
        if (!Directory.Exists(Path.Combine(Cache, "engines")))
            throw new InvalidOperationException($"There are no engines in {Cache}: run tests/engines/get.");
        var root = $"/tmp/dgp-{Environment.ProcessId}";
        Directory.CreateDirectory(root);
        using var watchdog = Process.Start(new ProcessStartInfo("/usr/bin/setsid")
        {
            ArgumentList = { "-f", Script, "--watch", $"{Environment.ProcessId}", root },
        });
        return root;
    }

    private static string FindRepository()
    {
        for (var directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (File.Exists(Path.Combine(directory, "DockerGuardProxy.sln")))
                return directory;
        }
        throw new InvalidOperationException("The tests must lie below the checkout.");
    }
}
