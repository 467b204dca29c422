using System.ComponentModel;
using System.Diagnostics;

namespace DockerGuardProxy.Demo.Real;

/// <summary>Runs a command of the system.</summary>
internal static class Tool
{
    /// <summary>Runs it to its end.</summary>
    /// <exception cref="DemoException">It is not there, or fails: its name and its first line of errors.</exception>
    public static async Task RunAsync(string name, params string[] arguments)
    {
        Process? process;
        try
        {
            process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardError = true, RedirectStandardOutput = true });
        }
        catch (Win32Exception)
        {
            throw new DemoException($"{name} is needed and not installed");
        }

        using (process)
        {
            // Not cancelled: half a mount is worse than a moment more.
            process!.OutputDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            var errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (process.ExitCode != 0) throw new DemoException($"{name} failed: {errors.Trim().Split('\n')[0]}");
        }
    }
}
