using DockerGuardProxy.Guard;
using DockerGuardProxy.Guard.Permits;
using DockerGuardProxy.Text;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Telemetry;

/// <summary>Logs what an operator must know of containers' locks: one line when one becomes slow, one when it ends. Event ids 1240 to 1249.</summary>
internal sealed partial class PermitLog(FaultCount faults, ILogger<PermitLog> logger) : IPermitObserver
{
    /// <inheritdoc/>
    public void On(PermitEvent happened, GuardedContainer? container)
    {
        var name = LogText.Escape(container?.Name ?? "");
        switch (happened)
        {
            case PermitEvent.SlowBegan began:
                SlowBegan(
                    logger, name, began.Id, container?.Pod is { } pod ? LogText.Escape($" (pod {pod.Namespace}/{pod.Name})") : "", began.Since,
                    began.Holder is { } holder ? $"{LogText.Escape(PermitText.Holder(holder))} since {holder.Since:u}" : "nobody that is known here");
                break;
            case PermitEvent.SlowEnded ended:
                SlowEnded(logger, name, ended.Id, ended.Duration, ended.Held, ended.Told);
                break;
            case PermitEvent.Faulted faulted:
                faults.Add();
                Faulted(logger, faulted.Cause);
                break;
        }
    }

    [LoggerMessage(
        1240, LogLevel.Warning,
        "The lock of container {Name} ({Id}){Pod} is slow: the engine has not answered since {Since:u}. It is probably held by {Holder}.")]
    private static partial void SlowBegan(ILogger logger, string name, string id, string pod, DateTimeOffset since, string holder);

    [LoggerMessage(
        1241, LogLevel.Warning,
        "The lock of container {Name} ({Id}) is no longer slow, after {Duration}; {Held} calls were held, {Told} callers told, or would have been.")]
    private static partial void SlowEnded(ILogger logger, string name, string id, TimeSpan duration, long held, long told);

    [LoggerMessage(1242, LogLevel.Error, "A fault inside the guard of containers' locks: what waited was sent, and the count began anew.")]
    private static partial void Faulted(ILogger logger, Exception cause);
}
