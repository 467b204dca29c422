using DockerGuardProxy.Guard;
using DockerGuardProxy.Text;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Telemetry;

/// <summary>Logs what an operator must know: one line when a container becomes stuck, one when it ends. Event ids 1200 to 1299.</summary>
internal sealed partial class GuardLog(ILogger<GuardLog> logger) : IGuardObserver
{
    // As many as the text of a refusal names.
    private const int MaxTasks = 3;

    /// <inheritdoc/>
    public void On(GuardEvent happened)
    {
        switch (happened)
        {
            case GuardEvent.StuckBegan began:
                Stuck(
                    logger,
                    LogText.Escape(began.Container.Name),
                    began.Container.Id,
                    began.Container.Pod is { } pod ? LogText.Escape($" (pod {pod.Namespace}/{pod.Name})") : "",
                    began.Since,
                    began.Diagnosis.Kind,
                    Describe(began.Diagnosis));
                break;
            case GuardEvent.StuckEnded ended:
                Ended(logger, LogText.Escape(ended.Container.Name), ended.Container.Id, ended.Duration, ended.CallsSaved);
                break;
            case GuardEvent.CannotTell blind:
                CannotTell(logger, LogText.Escape(blind.Container.Name), blind.Container.Id);
                break;
            case GuardEvent.Faulted { Container: { } container } faulted:
                FaultedAbout(logger, faulted.Cause, LogText.Escape(container.Name), container.Id, ContainerEntry.QuarantineLasts);
                break;
            case GuardEvent.Faulted faulted:
                Faulted(logger, faulted.Cause);
                break;
            case GuardEvent.EndedSoonAfterRefusals ended:
                EndedSoon(logger, LogText.Escape(ended.Container.Name), ended.Container.Id, ended.Count, ended.Operation);
                break;
            case GuardEvent.RefusalsProvedWrong wrong:
                Wrong(logger, wrong.Count, wrong.Operation, LogText.Escape(wrong.Container.Name), wrong.Container.Id);
                break;
            case GuardEvent.Decided decided:
                Decided(
                    logger, decided.Ticket.Call.Operation, LogText.Escape(decided.Ticket.Call.Reference), decided.Verdict.Kind,
                    decided.Verdict.Reason,
                    decided.OpenCalls);
                break;
            case GuardEvent.Refused refused:
                Refused(
                    logger, refused.Ticket.Call.Operation, LogText.Escape(refused.Ticket.Call.Reference), refused.Refusal.Reason,
                    refused.Refusal.RetryAfterSeconds);
                break;
        }
    }

    private static string Describe(Probe.Diagnosis diagnosis)
    {
        var tasks = string.Join(", ", diagnosis.Tasks.Take(MaxTasks).Select(task =>
            $"pid {task.Pid} tid {task.Tid} ({task.Comm}) {task.State}"
            + (task.Wchan.Length == 0 ? "" : $" at {task.Wchan}")
            + (task.FileSystem is null ? "" : $" on {task.FileSystem}")));
        var more = Math.Max(0, diagnosis.Tasks.Length - MaxTasks) + diagnosis.MoreTasks;
        return more > 0 ? $"{tasks} +{more} more" : tasks;
    }

    [LoggerMessage(1200, LogLevel.Warning, "Container {Name} ({Id}){Pod} is stuck since {Since:u}: {Diagnosis}; {Tasks}")]
    private static partial void Stuck(
        ILogger logger, string name, string id, string pod, DateTimeOffset since, Probe.DiagnosisKind diagnosis, string tasks);

    [LoggerMessage(1201, LogLevel.Warning, "Container {Name} ({Id}) is no longer stuck, after {Duration}; the engine was spared {CallsSaved} calls.")]
    private static partial void Ended(ILogger logger, string name, string id, TimeSpan duration, long callsSaved);

    [LoggerMessage(1207, LogLevel.Warning, "Container {Name} ({Id}) should have ended, and the cause is unknown: /proc can't be read, or its cgroup is not understood. Its callers wait until maxWait.")]
    private static partial void CannotTell(ILogger logger, string name, string id);

    [LoggerMessage(1202, LogLevel.Error, "A fault inside the guard: what waited was forwarded, and the ledger began anew.")]
    private static partial void Faulted(ILogger logger, Exception cause);

    [LoggerMessage(1212, LogLevel.Error, "A fault inside the guard about container {Name} ({Id}): what waited for it was forwarded, and its calls pass unguarded until its run ends, for {Longest} at most.")]
    private static partial void FaultedAbout(ILogger logger, Exception cause, string name, string id, TimeSpan longest);

    // 1203 counted every container that ended within 60 s as a wrong refusal.
    [LoggerMessage(1210, LogLevel.Information, "Container {Name} ({Id}) ended within 60 s after {Count} refusals of {Operation}.")]
    private static partial void EndedSoon(ILogger logger, string name, string id, int count, Calls.Operation operation);

    [LoggerMessage(1211, LogLevel.Warning, "{Count} refusals of {Operation} were wrong: container {Name} ({Id}) ended while the tasks that they named still waited.")]
    private static partial void Wrong(ILogger logger, int count, Calls.Operation operation, string name, string id);

    [LoggerMessage(1204, LogLevel.Debug, "{Operation} {Reference}: {Decision} ({Reason}); {OpenCalls} open")]
    private static partial void Decided(
        ILogger logger, Calls.Operation operation, string reference, VerdictKind decision, Reason reason, int openCalls);

    [LoggerMessage(1205, LogLevel.Debug, "{Operation} {Reference}: refused ({Reason}); retry after {Seconds} s")]
    private static partial void Refused(ILogger logger, Calls.Operation operation, string reference, Reason reason, int seconds);
}
