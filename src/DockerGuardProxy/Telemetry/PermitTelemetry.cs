using System.Diagnostics;
using System.Globalization;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Guard.Permits;

namespace DockerGuardProxy.Telemetry;

/// <summary>
/// Spans of calls that were held, told or refused because a container's lock is slow, or would have been: one for each, from its arrival to the
/// moment when it is over for its caller. A call that was just sent has none: there are too many of them, and nothing was decided.
/// </summary>
internal sealed class PermitTelemetry(Instrumentation instrumentation) : IPermitObserver
{
    /// <inheritdoc/>
    public void On(PermitEvent happened, GuardedContainer? container)
    {
        if (happened is PermitEvent.Concluded call && instrumentation.Spans.HasListeners()) Tell(call, container);
    }

    private void Tell(PermitEvent.Concluded call, GuardedContainer? container)
    {
        // None of whatever is under way on this thread.
        var before = Activity.Current;
        Activity.Current = null;
        using (var span = instrumentation.Spans.StartActivity(call.Operation, ActivityKind.Server, default(ActivityContext), startTime: call.Arrived))
        {
            if (span is not null) Describe(span, call, container);
        }

        Activity.Current = before;
    }

    private static void Describe(Activity span, PermitEvent.Concluded call, GuardedContainer? container)
    {
        var (verdict, caller, pod) = (call.Verdict, call.Caller, container?.Pod);
        int? status = call.Fate is PermitFate.Refused or PermitFate.TurnedAway ? Refusal.Status : null;
        var outcome = OutcomeWord.Of(call.Fate);
        span.SetTag(Keys.ContainerId, call.Id)
            .SetTag(Keys.ContainerName, container?.Name)
            .SetTag(Keys.PodName, pod?.Name)
            .SetTag(Keys.Namespace, pod?.Namespace)
            .SetTag(Keys.PodUid, pod?.Uid)
            .SetTag(Keys.CallerPid, caller.Pid > 0 ? caller.Pid : null)
            .SetTag(Keys.CallerUid, caller.Uid?.ToString(CultureInfo.InvariantCulture))
            .SetTag(Keys.CallerComm, caller.KnownComm is { Length: > 0 } comm ? comm : null)
            .SetTag(Keys.Operation, call.Operation)
            .SetTag(Keys.Decision, Words.Of(verdict.Kind))
            .SetTag(Keys.Reason, Words.Of(verdict.Reason))
            .SetTag(Keys.Mode, Words.Of(verdict.Mode))
            .SetTag(Keys.Outcome, outcome)
            .SetTag(Keys.Sent, call.IsSent)
            .SetTag(Keys.OpenCalls, verdict.Unanswered)
            .SetTag(Keys.Status, status);
        if (call.Fate != PermitFate.Answered)
            span.SetTag(Keys.ErrorType, status?.ToString(CultureInfo.InvariantCulture) ?? outcome).SetStatus(ActivityStatusCode.Error);
        span.SetEndTime(call.Ended.UtcDateTime);
    }
}
