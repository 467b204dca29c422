using DockerGuardProxy.Campaign.Check;
using DockerGuardProxy.Campaign.Wire;

namespace DockerGuardProxy.Campaign.Load;

/// <summary>What came of a call, before anybody has judged it.</summary>
/// <param name="Token">Its number.</param>
/// <param name="End">How it ended.</param>
/// <param name="Answer">Its answer; null without one.</param>
/// <param name="Message">The begin of the answer's body, or what broke.</param>
/// <param name="SentAt">When it was sent.</param>
/// <param name="EndedAt">When it ended.</param>
internal sealed record CallOutcome(ulong Token, CallEnd End, Answer? Answer, string Message, TimeSpan SentAt, TimeSpan EndedAt)
{
    /// <summary>The answer's status; 0 without one.</summary>
    public int Status => Answer?.Status ?? 0;

    /// <summary>True for what the engine says when something was done, or was so already.</summary>
    public bool IsGood => Status is >= 200 and < 300 or 304;

    /// <summary>True for a refusal of the guard.</summary>
    public bool IsRefusal => Answer is { Status: 503, Decision: "refused" };
}
