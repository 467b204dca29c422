using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Listen;

/// <summary>Log events of the listening side, ids 1100 to 1199.</summary>
internal static partial class ListenLog
{
    [LoggerMessage(1100, LogLevel.Warning, "There is no group {Group}: {Path} keeps the group of this process.")]
    public static partial void NoDefaultGroup(ILogger logger, string group, string path);

    [LoggerMessage(1101, LogLevel.Error, "A call ended in a fault of the proxy's own; its connection was closed.")]
    public static partial void Fault(ILogger logger, Exception cause);

    [LoggerMessage(1102, LogLevel.Information, "Listening on {Path}; the engine is at {Engine}.")]
    public static partial void Listening(ILogger logger, string path, string engine);
}
