using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Telemetry;

namespace DockerGuardProxy.Admin;

/// <summary>
/// Remembers the last decisions, for a bug report. What it keeps is a flat record for each: never the call itself, whose connection and body
/// would live on with it.
/// </summary>
/// <param name="time">Tells when.</param>
internal sealed class DecisionHistory(TimeProvider time) : IGuardObserver
{
    /// <summary>How many are kept; of each, less than 1 KB.</summary>
    public const int Capacity = 1000;

    private readonly Lock _gate = new();
    private readonly DecisionReport[] _ring = new DecisionReport[Capacity];
    private long _total;

    /// <inheritdoc/>
    public void On(GuardEvent happened)
    {
        switch (happened)
        {
            // A refusal at arrival is told twice; the other time with all that belongs to it.
            case GuardEvent.Decided { Verdict.Kind: not VerdictKind.Refuse } decided:
                Keep(Describe(decided.Ticket, decided.Verdict.Kind, decided.Verdict.Reason, decided.OpenCalls, decided.Lead?.Id, decided.Diagnosis));
                break;
            case GuardEvent.Refused refused:
                Keep(Describe(refused.Ticket, VerdictKind.Refuse, refused.Refusal.Reason, refused.OpenCalls, null, refused.Diagnosis));
                break;
        }
    }

    /// <summary>What is kept now.</summary>
    public DecisionsReport Read()
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            var count = (int)Math.Min(_total, Capacity);
            var decisions = new DecisionReport[count];
            for (var i = 0; i < count; i++)
                decisions[i] = _ring[(_total - count + i) % Capacity];
            return new DecisionsReport(DecisionsReport.FormatVersion, now, _total, decisions);
        }
    }

    private void Keep(DecisionReport decision)
    {
        lock (_gate)
            _ring[_total++ % Capacity] = decision;
    }

    private DecisionReport Describe(Ticket ticket, VerdictKind decision, Reason reason, int openCalls, long? lead, Probe.Diagnosis? diagnosis)
    {
        var container = ticket.Container;
        var caller = ticket.Request?.Caller;
        return new DecisionReport(
            time.GetUtcNow(),
            Words.Of(ticket.Call.Operation),
            Cut(ticket.Call.Reference),
            container?.Id,
            container is null ? null : Cut(container.Name),
            container?.Pod is { } pod ? new PodReport(Cut(pod.Namespace), Cut(pod.Name), pod.Uid is { } uid ? Cut(uid) : null) : null,
            caller?.Pid,
            caller?.Uid,
            Words.Of(ticket.Policy.Mode),
            Words.Of(decision),
            Words.Of(reason),
            openCalls,
            ticket.Own?.Id,
            lead,
            diagnosis is null ? null : Words.Of(diagnosis.Kind),
            diagnosis?.Tasks is [var task, ..] ? TaskReport.Of(task) : null);
    }

    private static string Cut(string text) => text.Length > DecisionReport.MaxText ? text[..DecisionReport.MaxText] : text;
}
