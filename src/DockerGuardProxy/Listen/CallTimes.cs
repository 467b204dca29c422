namespace DockerGuardProxy.Listen;

/// <summary>When a call began, and its answer: what a stop of the server makes of it. Used again for the next call.</summary>
/// <remarks>Timestamps, 0 for none; written by the call, read at the server's stop.</remarks>
internal sealed class CallTimes(TimeProvider time)
{
    /// <summary>From the first byte of an answer on; one that takes longer is a stream.</summary>
    private static readonly TimeSpan BriefAnswer = TimeSpan.FromMilliseconds(100);

    /// <summary>From a whole head on. A start or create takes up to a second on a busy engine.</summary>
    private static readonly TimeSpan BriefCall = TimeSpan.FromSeconds(1);

    private long _began;
    private long _answerBegan;

    /// <summary>True while no call is under way, or one that is likely to be answered within moments.</summary>
    public bool IsBrief => IsBriefSince(0);

    /// <summary>The same, where another may know better when the answer began.</summary>
    public bool IsBriefSince(long answerBegan)
    {
        if (Volatile.Read(ref _began) is var began && began == 0) return true;
        answerBegan = Math.Max(Volatile.Read(ref _answerBegan), answerBegan);
        return answerBegan == 0 ? time.GetElapsedTime(began) < BriefCall : time.GetElapsedTime(answerBegan) < BriefAnswer;
    }

    /// <summary>A head has come whole.</summary>
    public void Begin()
    {
        Volatile.Write(ref _answerBegan, 0);
        Volatile.Write(ref _began, time.GetTimestamp());
    }

    /// <summary>The first byte of the answer goes to the client.</summary>
    public void BeginAnswer() => Volatile.Write(ref _answerBegan, time.GetTimestamp());

    /// <summary>It is answered.</summary>
    public void End() => Volatile.Write(ref _began, 0);
}
