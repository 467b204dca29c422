using DockerGuardProxy.Campaign.Chaos;
using DockerGuardProxy.Campaign.Wire;

namespace DockerGuardProxy.Campaign.Check;

/// <summary>How a call ended for its caller.</summary>
internal enum CallEnd
{
    /// <summary>By a whole answer.</summary>
    Answered,

    /// <summary>The connection was refused, or ended before the answer did.</summary>
    Broken,

    /// <summary>Nothing came for as long as the caller waits.</summary>
    Silent,
}

/// <summary>A call that has ended.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Expected">The statuses that its caller has reason to expect.</param>
/// <param name="End">How it ended.</param>
/// <param name="Status">The answer's status; 0 without one.</param>
/// <param name="Decision">What the guard says of an answer of its own; null on the engine's.</param>
/// <param name="Message">The begin of the body of an answer that was not expected, or what broke.</param>
/// <param name="Took">From its sending to its end.</param>
/// <param name="Seen">What was seen of it between proxy and engine; null if it was not sent.</param>
/// <param name="Lag">How late the machine let a thread run meanwhile.</param>
/// <param name="Trouble">What its caller may notice of the chaos there was since it began what the call is part of.</param>
internal sealed record CallFact(
    string Method, IReadOnlyList<int> Expected, CallEnd End, int Status, string? Decision, string Message, TimeSpan Took, Sighting? Seen,
    TimeSpan Lag, Trouble Trouble);
