using System.Runtime.InteropServices;

namespace DockerGuardProxy.Guard;

/// <summary>One input to the ledger: its moment, and what is to be done about it (<see cref="TurnEffects"/>).</summary>
internal sealed class Turn(Moment at, GuardPolicies policies)
{
    // Made when first needed: most turns lead to one or two of these.
    private List<GuardEvent>? _events;
    private List<Attempt>? _sends;
    private List<(Ticket Ticket, Outcome Outcome)>? _outcomes;
    private List<EndedRefusals>? _reviews;

    /// <summary>Time on the ledger's clock.</summary>
    public TimeSpan Now => at.Now;

    /// <summary>The wall clock, for texts only.</summary>
    public DateTimeOffset UtcNow => at.UtcNow;

    /// <summary>The configuration at this moment.</summary>
    public GuardPolicies Policies => policies;

    /// <summary>What is to be reported.</summary>
    public ReadOnlySpan<GuardEvent> Events => CollectionsMarshal.AsSpan(_events);

    /// <summary>What is to be sent, each once.</summary>
    public ReadOnlySpan<Attempt> Sends => CollectionsMarshal.AsSpan(_sends);

    /// <summary>What callers are to be told.</summary>
    public ReadOnlySpan<(Ticket Ticket, Outcome Outcome)> Outcomes => CollectionsMarshal.AsSpan(_outcomes);

    /// <summary>Refusals about whose tasks it is to be looked once more.</summary>
    public ReadOnlySpan<EndedRefusals> Reviews => CollectionsMarshal.AsSpan(_reviews);

    /// <summary>A container needs evidence that needed none before: see <see cref="Ledger.EvidenceNeeds"/>.</summary>
    public bool NeedsEvidence { get; private set; }

    public void Send(Attempt attempt) => (_sends ??= []).Add(attempt);

    public void Complete(Ticket ticket, Outcome outcome) => (_outcomes ??= []).Add((ticket, outcome));

    public void NeedEvidence() => NeedsEvidence = true;

    public void Review(EndedRefusals refusals) => (_reviews ??= []).Add(refusals);

    public void Report(GuardEvent happened) => (_events ??= []).Add(happened);
}
