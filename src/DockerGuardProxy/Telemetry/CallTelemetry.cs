using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Telemetry;

/// <summary>
/// Spans and measurements of terminating calls. Both are told at the same moment, when the caller has its outcome or leaves, so that they
/// agree number by number.
/// </summary>
/// <remarks>
/// Every span is recorded, and which of them is exported is decided at its end: whether a forwarded call became the lead of others, or was
/// given up by its caller, is not known before. Samplers of the SDK decide at the beginning, and were rejected for it.
/// </remarks>
internal sealed class CallTelemetry : IGuardObserver
{
    private readonly ActivitySource _spans;
    private readonly TimeProvider _time;
    private readonly double _forwardedRatio;
    private readonly ConditionalWeakTable<Ticket, CallRecord> _records = [];
    private readonly Counter<long> _calls;
    private readonly Histogram<double> _durations;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _endedSoon;
    private readonly Counter<long> _wrongRefusals;

    /// <summary>Makes its instruments.</summary>
    /// <param name="instrumentation">What to make them with.</param>
    /// <param name="forwardedRatio">The part of the plainly forwarded calls whose spans are exported, from 0 to 1.</param>
    /// <param name="time">Measures durations.</param>
    public CallTelemetry(Instrumentation instrumentation, double forwardedRatio, TimeProvider time)
    {
        _spans = instrumentation.Spans;
        _forwardedRatio = forwardedRatio;
        _time = time;
        var meter = instrumentation.Meter;
        _calls = meter.CreateCounter<long>("docker_guard.calls", "{call}", "Terminating calls that have ended for their caller.");
        _durations = meter.CreateHistogram(
            "docker_guard.call.duration", "s", "From a terminating call's arrival until its caller was answered or left.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300] });
        _refusals = meter.CreateCounter<long>("docker_guard.refusals", "{call}", "Calls refused, or that would have been in observe mode.");
        _endedSoon = meter.CreateCounter<long>(
            "docker_guard.refusals.ended_soon", "{call}", "Refusals whose container exited within 60 s, as it does when the cause is mended.");
        _wrongRefusals = meter.CreateCounter<long>(
            "docker_guard.refusals.wrong", "{call}", "Refusals whose container exited within 60 s while all tasks that they named still waited.");
    }

    /// <inheritdoc/>
    public void On(GuardEvent happened)
    {
        switch (happened)
        {
            case GuardEvent.Decided decided:
                var record = RecordOf(decided.Ticket);
                record.Decide(decided.Verdict.Kind, decided.Verdict.Reason, decided.Diagnosis);
                if (decided.Lead is { } lead)
                    record.Join(RecordOf(lead.Ticket));
                break;
            case GuardEvent.Refused refused:
                RecordOf(refused.Ticket).Decide(VerdictKind.Refuse, refused.Refusal.Reason, refused.Diagnosis);
                _refusals.Add(1, [.. CommonTags(refused.Ticket), new(Keys.Reason, Words.Of(refused.Refusal.Reason))]);
                break;
            case GuardEvent.Concluded concluded:
                End(concluded.Ticket, OutcomeWord.Of(concluded.Outcome), Status(concluded.Outcome));
                break;
            case GuardEvent.CallerLeft left:
                End(left.Ticket, OutcomeWord.Left, null);
                break;
            case GuardEvent.EndedSoonAfterRefusals ended:
                _endedSoon.Add(ended.Count, new KeyValuePair<string, object?>(Keys.Operation, Words.Of(ended.Operation)));
                break;
            case GuardEvent.RefusalsProvedWrong wrong:
                _wrongRefusals.Add(wrong.Count, new KeyValuePair<string, object?>(Keys.Operation, Words.Of(wrong.Operation)));
                break;
        }
    }

    private static int? Status(Outcome outcome) => outcome switch
    {
        Outcome.Answered answered => answered.Answer.Status,
        Outcome.Refused or Outcome.TurnedAway => Refusal.Status,
        Outcome.Lost => 502,
        _ => null,
    };

    private static KeyValuePair<string, object?>[] CommonTags(Ticket ticket) =>
    [
        new(Keys.Operation, Words.Of(ticket.Call.Operation)),
        new(Keys.Mode, Words.Of(ticket.Policy.Mode)),
    ];

    private CallRecord RecordOf(Ticket ticket) => _records.GetValue(ticket, Begin);

    private CallRecord Begin(Ticket ticket)
    {
        // Not the caller's: whatever follows on this thread is none of the span's.
        var before = Activity.Current;
        Activity.Current = null;
        var span = _spans.StartActivity(Words.Of(ticket.Call.Operation), ActivityKind.Server);
        Activity.Current = before;
        return new CallRecord(ticket, span, _time.GetTimestamp());
    }

    private void End(Ticket ticket, string outcome, int? status)
    {
        var record = RecordOf(ticket);
        if (!record.End())
            return;
        KeyValuePair<string, object?>[] tags =
            [.. CommonTags(ticket), new(Keys.Decision, Words.Of(record.Decision)), new(Keys.Outcome, outcome)];
        _calls.Add(1, tags);
        _durations.Record(_time.GetElapsedTime(record.Began).TotalSeconds, tags);
        if (record.Span is { } span)
            End(span, record, outcome, status);
    }

    private void End(Activity span, CallRecord record, string outcome, int? status)
    {
        var isPlain = record is { Decision: VerdictKind.Forward, IsLead: false } && outcome == OutcomeWord.Answered;
        if (isPlain && Random.Shared.NextDouble() >= _forwardedRatio)
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        else
            Describe(span, record, outcome, status);
        span.Stop();
        span.Dispose();
    }

    private static void Describe(Activity span, CallRecord record, string outcome, int? status)
    {
        var ticket = record.Ticket;
        if (ticket.Container is { } container)
        {
            span.SetTag(Keys.ContainerId, container.Id).SetTag(Keys.ContainerName, container.Name);
            if (container.Pod is { } pod)
                span.SetTag(Keys.PodName, pod.Name).SetTag(Keys.Namespace, pod.Namespace).SetTag(Keys.PodUid, pod.Uid);
        }

        if (ticket.Request is { Caller: { } caller })
            span.SetTag(Keys.CallerPid, caller.Pid).SetTag(Keys.CallerUid, caller.Uid.ToString(System.Globalization.CultureInfo.InvariantCulture));
        span.SetTag(Keys.Operation, Words.Of(ticket.Call.Operation))
            .SetTag(Keys.Decision, Words.Of(record.Decision))
            .SetTag(Keys.Reason, Words.Of(record.Reason))
            .SetTag(Keys.Mode, Words.Of(ticket.Policy.Mode))
            .SetTag(Keys.Outcome, outcome)
            .SetTag(Keys.Sent, ticket.Own is not null)
            .SetTag(Keys.OpenCalls, ticket.OpenAtArrival)
            .SetTag(Keys.Status, status);
        if (record.Diagnosis is { } diagnosis)
            Describe(span, diagnosis);
        if (status is null or >= 500)
        {
            span.SetTag(Keys.ErrorType, status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? outcome)
                .SetStatus(ActivityStatusCode.Error);
        }
    }

    private static void Describe(Activity span, Diagnosis diagnosis)
    {
        span.SetTag(Keys.Diagnosis, Words.Of(diagnosis.Kind));
        if (diagnosis.Tasks is not [var task, ..])
            return;
        span.SetTag(Keys.StuckPid, task.Pid)
            .SetTag(Keys.StuckComm, task.Comm)
            .SetTag(Keys.StuckWchan, task.Wchan)
            .SetTag(Keys.StuckFileSystem, task.FileSystem);
    }
}
