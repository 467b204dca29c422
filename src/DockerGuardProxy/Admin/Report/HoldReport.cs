using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Admin.Report;

/// <summary>What the engine waits for before it tells of a container's end.</summary>
/// <param name="ClientPid">A client of the proxy that does not read; null where there is none.</param>
/// <param name="ClientComm">Its name; empty where it can't be read.</param>
/// <param name="Operation"><c>attach</c> or <c>exec</c>; null without a client.</param>
/// <param name="UnreadBytes">What waits for it.</param>
/// <param name="Since">Since when it has read nothing, in UTC; null without a client.</param>
/// <param name="LogDriver">The container's log driver; null where it is not known.</param>
internal sealed record HoldReport(
    int? ClientPid, string ClientComm, string? Operation, long UnreadBytes, DateTimeOffset? Since, string? LogDriver)
{
    public static HoldReport Of(ExitHold hold) => new(
        hold.Client?.Pid, hold.Client?.Comm ?? "", hold.Client?.Operation, hold.Client?.Bytes ?? 0, hold.Client?.Since, hold.LogDriver);
}
