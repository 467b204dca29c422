namespace DockerGuardProxy.Guard;

/// <summary>What the caller of a terminating call is told.</summary>
internal abstract record Outcome
{
    private Outcome()
    {
    }

    /// <summary>The engine's answer, to the call itself or to its lead.</summary>
    /// <param name="Answer">The answer.</param>
    /// <param name="Lead">The lead whose answer is copied; null for the call's own answer.</param>
    internal sealed record Answered(EngineAnswer Answer, Attempt? Lead) : Outcome;

    /// <summary>A 503 of our own. The call's attempt, if it was sent, stays open.</summary>
    internal sealed record Refused(Refusal Refusal) : Outcome;

    /// <summary>The call was sent and the engine's answer never came: 502.</summary>
    internal sealed record Lost(Exception? Cause) : Outcome;

    /// <summary>Not tracked: the middleware forwards the call itself, as any other request.</summary>
    internal sealed record Unguarded : Outcome
    {
        public static Unguarded Instance { get; } = new();
    }

    /// <summary>The process ends before there is an answer: the caller is to ask again. A call that was sent stays with the engine.</summary>
    internal sealed record TurnedAway : Outcome
    {
        public static TurnedAway Instance { get; } = new();
    }

    /// <summary>The caller left before the call was sent; nobody is there to be told.</summary>
    internal sealed record Dropped : Outcome
    {
        public static Dropped Instance { get; } = new();
    }
}
