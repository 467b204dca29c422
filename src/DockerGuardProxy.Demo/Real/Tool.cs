namespace DockerGuardProxy.Demo.Real;

/// <summary>Runs a command of the system.</summary>
internal static class Tool
{
    // setsid(1), as of a shell: the command is not there.
    private const int NotFound = 127;

    /// <summary>The path of a command by the PATH; null if there is none.</summary>
    public static string? Find(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    /// <summary>Runs it to its end.</summary>
    /// <exception cref="DemoException">It is not there, or fails: its name and its first line of errors.</exception>
    public static async Task RunAsync(string name, params string[] arguments)
    {
        using var process = OwnSession.Start(name, arguments);

        // Not cancelled: half a mount is worse than a moment more.
        process.OutputDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode == NotFound) throw new DemoException($"{name} is needed and not installed");
        if (process.ExitCode != 0) throw new DemoException($"{name} failed: {errors.Trim().Split('\n')[0]}");
    }
}
