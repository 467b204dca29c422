using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Hosting;

/// <summary>Log events of the daemon as a whole, ids 1900 to 1999.</summary>
internal static partial class HostingLog
{
    [LoggerMessage(1900, LogLevel.Error, "{Path}: no connection was accepted for {Seconds} s; the service manager's watchdog is not fed.")]
    public static partial void AcceptLoopStands(ILogger logger, string path, double seconds);

    [LoggerMessage(1901, LogLevel.Error, "{Path}: the socket file is gone or belongs to another process. Connected clients are still served; new ones cannot connect. Restart docker-guard-proxy.socket, or the service where there is none.")]
    public static partial void SocketFileLost(ILogger logger, string path);

    [LoggerMessage(1902, LogLevel.Warning, "The service manager could not be told that the proxy lives: {Error}.")]
    public static partial void NotNotified(ILogger logger, string error);

    [LoggerMessage(1903, LogLevel.Error, "{Service} ended and is being restarted; nothing more is logged until it works again. Calls are still served.")]
    public static partial void ServiceEnded(ILogger logger, string service, Exception? cause);

    [LoggerMessage(1904, LogLevel.Information, "{Service} works again; it had ended {Ends} times.")]
    public static partial void ServiceBack(ILogger logger, string service, int ends);

    [LoggerMessage(1910, LogLevel.Debug, "Memory: {Before} MB were resident, {After} MB are now; {Connections} clients are connected. All threads were paused for {Pause:0.0} ms.")]
    public static partial void MemoryReleased(ILogger logger, long before, long after, int connections, double pause);
}
