namespace DockerGuardProxy.Guard;

/// <summary>
/// The callers of one container that wait, each in one place: those of the present run, who are told in time (held, joined, leading), and
/// those who have joined a call of an ended run. Belongs to the ledger's lock.
/// </summary>
/// <remarks>
/// Nothing else changes the counts of who waits, here or on the node, so a place is taken once and returned once. Entering and leaving
/// cost the logarithm of the callers at most: none is walked for the sake of another.
/// </remarks>
internal sealed class WaitingCallers(LedgerTotals totals)
{
    private readonly LinkedList<Ticket> _present = new();
    private readonly LinkedList<Ticket> _past = new();
    private readonly LinkedList<Ticket> _held = new();
    private readonly List<WaitingDeadlines> _deadlines = [];

    /// <summary>Held callers.</summary>
    public int Held => _held.Count;

    /// <summary>Held and joined callers, those who joined a call of an ended run included.</summary>
    public int Count { get; private set; }

    public bool IsEmpty => _present.Count + _past.Count == 0;

    /// <summary>The callers of the present run that are told in time, apart by what they ask: each kind of call has its policy.</summary>
    public IReadOnlyList<WaitingDeadlines> Deadlines => _deadlines;

    /// <summary>The held callers of this moment, in the order of arrival or re-entry.</summary>
    public Ticket[] HeldNow() => [.. _held];

    /// <summary>The callers of the present run at this moment, in the order of arrival or re-entry.</summary>
    public Ticket[] PresentNow() => [.. _present];

    /// <summary>Everybody at this moment.</summary>
    public Ticket[] AllNow() => [.. _present, .. _past];

    /// <summary>The caller is kept.</summary>
    public void Hold(Ticket ticket)
    {
        Leave(ticket);
        Enter(ticket);
        ticket.HeldNode = _held.AddLast(ticket);
        ticket.Phase = TicketPhase.Held;
        CountIn();
    }

    /// <summary>The caller waits for the answer of a call of the present run, and keeps the place that it may have.</summary>
    public void Join(Ticket ticket, Attempt lead)
    {
        Detach(ticket);
        Enter(ticket);
        Attach(ticket, lead);
    }

    /// <summary>The caller waits for the answer of a call of an ended run, however long it takes.</summary>
    public void JoinPast(Ticket ticket, Attempt lead)
    {
        Leave(ticket);
        ticket.WaitingNode = _past.AddLast(ticket);
        Attach(ticket, lead);
    }

    /// <summary>The caller waits for its own answer, and is told in time if its call is of the present run.</summary>
    public void Lead(Ticket ticket, bool isOfPresentRun)
    {
        Leave(ticket);
        ticket.Phase = TicketPhase.Leading;
        if (isOfPresentRun)
            Enter(ticket);
    }

    /// <summary>The run of a sent or joined call is over: only the answer is waited for from now on.</summary>
    public void OutliveRun(Ticket ticket)
    {
        if (ticket.Phase != TicketPhase.Joined)
        {
            Leave(ticket);
            return;
        }
        LeaveList(ticket);
        ticket.WaitingNode = _past.AddLast(ticket);
    }

    /// <summary>Nearly everybody is about to leave the run, and takes no deadline down on the way. <see cref="SetDeadlines"/> ends it.</summary>
    public void ClearDeadlines()
    {
        foreach (var deadlines in _deadlines)
            deadlines.Clear();
    }

    /// <summary>Sets the deadlines of those who have stayed.</summary>
    public void SetDeadlines()
    {
        foreach (var ticket in _present)
            Of(ticket).Add(ticket);
    }

    /// <summary>The caller's policy is another one from now on.</summary>
    public void Change(Ticket ticket, GuardPolicy policy)
    {
        var isTimed = ticket.WaitingNode?.List == _present;
        if (isTimed)
            Of(ticket).Remove(ticket);
        ticket.Follow(policy);
        if (isTimed)
            Of(ticket).Add(ticket);
    }

    /// <summary>The caller waits no more, or nothing more is decided about it.</summary>
    public void Leave(Ticket ticket)
    {
        Detach(ticket);
        LeaveList(ticket);
    }

    /// <summary>Takes everybody out.</summary>
    public Ticket[] TakeAll()
    {
        var all = AllNow();
        foreach (var ticket in all)
            Leave(ticket);
        return all;
    }

    private void Enter(Ticket ticket)
    {
        if (ticket.WaitingNode is { } node && node.List == _present)
            return;
        ticket.Place = totals.NextPlace();
        Of(ticket).Add(ticket);
        ticket.WaitingNode = _present.AddLast(ticket);
    }

    private void LeaveList(Ticket ticket)
    {
        if (ticket.WaitingNode is not { } node)
            return;
        if (node.List == _present)
            Of(ticket).Remove(ticket);
        node.List!.Remove(node);
        ticket.WaitingNode = null;
    }

    private void Attach(Ticket ticket, Attempt lead)
    {
        ticket.Phase = TicketPhase.Joined;
        ticket.Lead = lead;
        ticket.JoinedNode = lead.Joined.AddLast(ticket);
        CountIn();
    }

    private void Detach(Ticket ticket)
    {
        if ((ticket.HeldNode ?? ticket.JoinedNode) is { } counted)
        {
            counted.List!.Remove(counted);
            Count--;
            totals.Waiting--;
        }
        ticket.HeldNode = ticket.JoinedNode = null;
        ticket.Lead = null;
    }

    private void CountIn()
    {
        Count++;
        totals.Waiting++;
    }

    // Made when the first asks for it: most entries meet one kind of call.
    private WaitingDeadlines Of(Ticket ticket)
    {
        foreach (var deadlines in _deadlines)
        {
            if (deadlines.Operation == ticket.Call.Operation)
                return deadlines;
        }
        var made = new WaitingDeadlines(ticket.Call.Operation);
        _deadlines.Add(made);
        return made;
    }
}
