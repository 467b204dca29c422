namespace DockerGuardProxy.Demo.Real;

/// <summary>Runs a command of the system.</summary>
internal static class Tool
{
    // setsid(1), as of a shell: the command is not there.
    private const int NotFound = 127;

    private const int Again = 100;

    // Exit codes of what SIGHUP, SIGINT and SIGQUIT have ended.
    private static readonly int[] Terminals = [128 + 1, 128 + 2, 128 + 3];

    /// <summary>The path of a command by the PATH; null if there is none.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="DemoException">It is not there, or fails: its name and its first line of errors.</exception>
    public static async Task RunAsync(string name, params string[] arguments)
    {
        // A terminal's signal can hit it in the moment before it has a session of its own, when it has done nothing yet.
        var (code, error) = await TryAsync(name, arguments);
        for (var again = 1; again <= Again && Terminals.Contains(code); again++) (code, error) = await TryAsync(name, arguments);
        if (code == NotFound) throw new DemoException($"{name} is needed and not installed");
        if (code != 0) throw new DemoException($"{name} failed ({code}): {error}");
    }

    private static async Task<(int Code, string Error)> TryAsync(string name, string[] arguments)
    {
        using var process = OwnSession.Start(name, arguments);

        // Not cancelled: half a mount is worse than a moment more.
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, errors.Trim().Split('\n')[0]);
    }
}
