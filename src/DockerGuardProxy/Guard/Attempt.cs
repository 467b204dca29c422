namespace DockerGuardProxy.Guard;

/// <summary>
/// One sending of a call to the engine. It does not end with its caller: it stays open until the engine answers, the connection is
/// lost, the run ends or the engine restarts.
/// </summary>
internal sealed class Attempt
{
    internal Attempt(long id, Ticket ticket, long run, KillAt killAt, bool isByFullId, bool isStep, TimeSpan sentAt)
    {
        Id = id;
        Ticket = ticket;
        Run = run;
        KillAt = killAt;
        IsByFullId = isByFullId;
        IsStep = isStep;
        SentAt = sentAt;
    }

    /// <summary>Number of the attempt, unique in the process.</summary>
    public long Id { get; }

    /// <summary>The call that is sent.</summary>
    public Ticket Ticket { get; }

    /// <summary>
    /// True where the call waited: it must be sent under the full id, since its name may belong to a new container by now.
    /// Otherwise it goes as it came.
    /// </summary>
    public bool IsByFullId { get; }

    /// <summary>When SIGKILL comes, on the ledger's clock.</summary>
    internal KillAt KillAt { get; }

    /// <summary>The run it was sent in; zero where it belongs to none.</summary>
    internal long Run { get; }

    internal bool IsStep { get; }

    internal TimeSpan SentAt { get; }

    /// <summary>Sent in observe mode although it would not have been: the decision does not count it.</summary>
    internal bool IsShadow { get; set; }

    /// <summary>Answered or lost.</summary>
    internal bool IsOver { get; set; }

    /// <summary>Calls that wait for its answer, oldest first.</summary>
    internal LinkedList<Ticket> Joined { get; } = new();

    internal OpenCall ToOpenCall() => new(Id, Ticket.Call.Operation, KillAt, Ticket.Signal, IsStep);
}
