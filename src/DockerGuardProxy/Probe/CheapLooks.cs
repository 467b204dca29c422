using System.Collections.Immutable;

namespace DockerGuardProxy.Probe;

/// <summary>The answers to cheap looks.</summary>
/// <param name="Standings">One for each question, in order.</param>
/// <param name="Cost">CPU time of all of them.</param>
internal sealed record CheapLooks(ImmutableArray<Standing> Standings, TimeSpan Cost)
{
    /// <summary>Nothing could be read.</summary>
    public static CheapLooks None(int count) => new([.. Enumerable.Repeat(Standing.Fallen, count)], TimeSpan.Zero);
}
