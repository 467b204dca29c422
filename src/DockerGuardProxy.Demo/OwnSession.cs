using System.ComponentModel;
using System.Diagnostics;

namespace DockerGuardProxy.Demo;

/// <summary>
/// Starts programs in sessions of their own: a terminal's Ctrl-C goes to all that belong to its session, and would end an unmount half-way, or the
/// proxy under the callers.
/// </summary>
internal static class OwnSession
{
    // util-linux's; it becomes the program that follows, under the same process id.
    private const string Setsid = "setsid";

    /// <summary>Starts a program whose output is read by the caller.</summary>
    /// <param name="program">Name or path.</param>
    /// <param name="arguments">What follows it.</param>
    /// <param name="adapt">Changes its environment.</param>
    /// <exception cref="DemoException">There is no setsid.</exception>
    public static Process Start(string program, IEnumerable<string> arguments, Action<IDictionary<string, string?>>? adapt = null)
    {
        var start = new ProcessStartInfo(Setsid, [program, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        adapt?.Invoke(start.Environment);
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new DemoException($"{Setsid} (util-linux) is needed: {e.Message}");
        }
    }
}
