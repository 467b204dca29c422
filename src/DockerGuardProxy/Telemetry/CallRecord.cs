using System.Diagnostics;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Telemetry;

/// <summary>What is told of one terminating call: gathered while it lasts, told once at its end. Its lock is its own.</summary>
/// <param name="ticket">The call.</param>
/// <param name="span">Its span; null while nobody wants spans.</param>
/// <param name="began">Timestamp of its arrival.</param>
internal sealed class CallRecord(Ticket ticket, Activity? span, long began)
{
    private bool _isOver;

    public Ticket Ticket => ticket;

    public Activity? Span => span;

    public long Began => began;

    /// <summary>The last decision about it.</summary>
    public VerdictKind Decision { get; private set; } = ticket.First.Kind;

    public Reason Reason { get; private set; } = ticket.First.Reason;

    /// <summary>The last that was known of the container.</summary>
    public Diagnosis? Diagnosis { get; private set; }

    /// <summary>Others have joined it.</summary>
    public bool IsLead { get; private set; }

    /// <summary>A decision was taken. A late one, after the end, changes nothing.</summary>
    public void Decide(VerdictKind decision, Reason reason, Diagnosis? diagnosis)
    {
        lock (this)
        {
            if (_isOver)
                return;
            (Decision, Reason) = (decision, reason);
            Diagnosis = diagnosis ?? Diagnosis;
        }
    }

    /// <summary>It waits for that call's answer.</summary>
    public void Join(CallRecord lead)
    {
        lock (lead)
            lead.IsLead = true;
        lock (this)
        {
            if (!_isOver && span is not null && lead.Span is { } leading)
                span.AddLink(new ActivityLink(leading.Context));
        }
    }

    /// <summary>True the first time.</summary>
    public bool End()
    {
        lock (this)
            return !_isOver && (_isOver = true);
    }
}
