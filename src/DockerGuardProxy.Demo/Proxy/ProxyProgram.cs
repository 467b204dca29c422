using System.Diagnostics;
using System.Runtime.InteropServices;

namespace DockerGuardProxy.Demo.Proxy;

/// <summary><c>docker-guard-proxy</c>, built along with the demo.</summary>
internal static class ProxyProgram
{
    /// <summary>Starts it.</summary>
    /// <param name="arguments">What follows its name.</param>
    /// <exception cref="DemoException">It is not there.</exception>
    public static Process Start(IEnumerable<string> arguments)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "docker-guard-proxy.dll");
        if (!File.Exists(assembly)) throw new DemoException($"{assembly}: not there; build the solution first");
        return OwnSession.Start(Dotnet(), ["exec", assembly, .. arguments], ProxyEnvironment.Clean);
    }

    // The one that runs us: PATH may have none, or another.
    private static string Dotnet()
    {
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var host = Path.Combine(root, "dotnet");
        return File.Exists(host) ? host : "dotnet";
    }
}
