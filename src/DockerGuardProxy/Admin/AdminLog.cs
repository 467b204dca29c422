using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Admin;

/// <summary>Log events of the operator's side, ids 1300 to 1399.</summary>
internal static partial class AdminLog
{
    [LoggerMessage(1300, LogLevel.Error, "The admin socket is not served, so status, release and reload will not work; calls are guarded all the same. {Reason}")]
    public static partial void NotServed(ILogger logger, string reason);

    [LoggerMessage(1301, LogLevel.Error, "A request on the admin socket ended in a fault of the proxy's own.")]
    public static partial void Fault(ILogger logger, Exception cause);

    [LoggerMessage(1303, LogLevel.Error, "Metrics are not served on {Address}; calls are guarded all the same. {Reason}")]
    public static partial void MetricsNotServed(ILogger logger, string address, string reason);

    [LoggerMessage(1302, LogLevel.Information, "An operator released the back-off of container {Name} ({Id}).")]
    public static partial void Released(ILogger logger, string name, string id);
}
