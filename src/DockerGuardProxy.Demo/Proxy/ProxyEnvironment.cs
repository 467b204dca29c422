namespace DockerGuardProxy.Demo.Proxy;

/// <summary>
/// The environment of the demo's proxy. Of the user's own it gets what a program needs to run, and no more: settings of another proxy
/// (DOCKER_GUARD_PROXY__*), a collector (OTEL_*), a service's folders and sockets (STATE_DIRECTORY, RUNTIME_DIRECTORY, NOTIFY_SOCKET, LISTEN_*) or
/// .NET's (DOTNET_*, ASPNETCORE_*) are not meant for it.
/// </summary>
internal static class ProxyEnvironment
{
    private static readonly string[] Passed = ["PATH", "HOME", "TMPDIR", "LANG", "TZ", "LD_LIBRARY_PATH", "DOTNET_ROOT"];

    /// <summary>Removes all else, and keeps .NET from laying sockets into the temporary folder, which stay there if the proxy is killed.</summary>
    public static void Clean(IDictionary<string, string?> environment)
    {
        foreach (var name in environment.Keys.Except(Passed, StringComparer.Ordinal).ToArray()) environment.Remove(name);
        environment["DOTNET_EnableDiagnostics"] = "0";
    }
}
