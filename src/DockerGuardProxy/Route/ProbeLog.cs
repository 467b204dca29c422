using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Route;

/// <summary>What those who ask the probe have to tell.</summary>
internal static partial class ProbeLog
{
    [LoggerMessage(1206, LogLevel.Error, "Containers can't be looked at. Nobody is refused until they can.")]
    public static partial void Failed(ILogger logger, Exception cause);

    [LoggerMessage(1606, LogLevel.Error, "Clients that do not read can't be looked at. Nothing is taken over until they can.")]
    public static partial void StreamsFailed(ILogger logger, Exception cause);
}
