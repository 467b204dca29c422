namespace DockerGuardProxy.Guard;

/// <summary>What is known of a stream at one moment.</summary>
/// <param name="Unread">Bytes that wait for the client, in its own socket.</param>
/// <param name="Unmoved">How long their number has not changed, nor any other byte gone to the client.</param>
/// <param name="Gone">How long the stream's process has been known to be gone; null while it is not.</param>
/// <param name="IsOver">The engine has told of the end: nothing of it waits for this stream.</param>
/// <param name="IsSaid">It was said that it would be taken over.</param>
/// <param name="IsDone">It was taken over.</param>
internal readonly record struct StreamFacts(long Unread, TimeSpan Unmoved, TimeSpan? Gone, bool IsOver, bool IsSaid, bool IsDone);

/// <summary>What is to be done about a stream.</summary>
internal enum StreamVerdict
{
    /// <summary>Nothing.</summary>
    Leave,

    /// <summary>Look whether its process lives: that may matter soon.</summary>
    Look,

    /// <summary>Say that what the engine holds of it would be taken over.</summary>
    Say,

    /// <summary>Take over what the engine holds of it.</summary>
    TakeOver,
}

/// <summary>
/// When what the engine holds of an attach or exec stream is taken over. Pure. A client may be as slow as it likes while the process lives: that it
/// does not read is its way to slow the process down. Once that has ended, nothing is slowed down but the engine, which can't end the container, or
/// the exec, before somebody has taken its output.
/// </summary>
internal static class StreamRules
{
    /// <summary>How much sooner than it may matter the process is looked at: a look takes a second, and one more confirms it.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(3);

    /// <summary>Whether the client counts as one that does not read.</summary>
    public static bool IsStalled(in StreamFacts facts, StreamsPolicy policy) => facts.Unread > 0 && facts.Unmoved >= policy.Stall;

    /// <summary>
    /// The rows, the first that matches wins:
    /// 1. the policy is off; nothing waits; it is done, or was said where no more may be done; the engine has told of the end: leave it;
    /// 2. the client has taken something, so lately that nothing can follow soon: leave it;
    /// 3. it is not stalled yet, or its process lives, or has not been gone for long: look;
    /// 4. otherwise it is taken over, or that is said.
    /// </summary>
    public static StreamVerdict Judge(in StreamFacts facts, StreamsPolicy policy)
    {
        // 1.
        if (policy.Mode == GuardMode.Off || facts.Unread <= 0 || facts.IsDone || facts.IsOver) return StreamVerdict.Leave;
        if (facts.IsSaid && policy.Mode != GuardMode.Enforce) return StreamVerdict.Leave;

        // 2.
        if (facts.Unmoved < policy.Stall - policy.Ended - Ahead) return StreamVerdict.Leave;

        // 3.
        if (facts.Unmoved < policy.Stall || facts.Gone is not { } gone || gone < policy.Ended) return StreamVerdict.Look;

        // 4.
        return policy.Mode == GuardMode.Enforce ? StreamVerdict.TakeOver : StreamVerdict.Say;
    }
}
