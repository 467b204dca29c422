using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Listen;

/// <summary>Log events of the listening side, ids 1100 to 1199.</summary>
internal static partial class ListenLog
{
    [LoggerMessage(1100, LogLevel.Warning, "There is no group {Group}: {Path} keeps the group of this process.")]
    public static partial void NoDefaultGroup(ILogger logger, string group, string path);

    [LoggerMessage(1101, LogLevel.Error, "A call ended in a fault of the proxy's own; its connection was closed.")]
    public static partial void Fault(ILogger logger, Exception cause);

    [LoggerMessage(1102, LogLevel.Information, "Listening on {Path}, {Origin}; the engine is at {Engine}.")]
    public static partial void Listening(ILogger logger, string path, string origin, string engine);

    [LoggerMessage(1104, LogLevel.Error, "A fault of the proxy's own at the end of a connection; the others go on.")]
    public static partial void DepartureFault(ILogger logger, Exception cause);

    [LoggerMessage(1103, LogLevel.Warning, "The service manager's sockets are served ({Paths}), not listen.path ({Path}): change ListenStream= or listen.path.")]
    public static partial void HandedElsewhere(ILogger logger, string paths, string path);
}
