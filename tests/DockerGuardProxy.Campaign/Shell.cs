using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Campaign;

/// <summary>Commands that must succeed.</summary>
internal static class Shell
{
    /// <summary>Runs it.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static async Task RunAsync(params string[] command)
    {
        var result = await Command.RunAsync(command);
        if (result.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', command)}: {result.Error.Trim()}");
    }
}
