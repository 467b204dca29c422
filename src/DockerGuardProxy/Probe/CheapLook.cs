using System.Collections.Immutable;

namespace DockerGuardProxy.Probe;

/// <summary>A question whether a whole look still holds.</summary>
/// <param name="Before">The whole look; <see cref="Look.CanBeConfirmed"/>.</param>
/// <param name="InitPid">Host pid of the run's init; null if unknown.</param>
/// <param name="Turn">A number that counts up, so that each witness is looked at in turn.</param>
internal readonly record struct CheapLook(Look Before, int? InitPid, int Turn);

/// <summary>The answers to cheap looks.</summary>
/// <param name="Standings">One for each question, in order.</param>
/// <param name="Cost">CPU time of all of them.</param>
internal sealed record CheapLooks(ImmutableArray<Standing> Standings, TimeSpan Cost)
{
    /// <summary>Nothing could be read.</summary>
    public static CheapLooks None(int count) => new([.. Enumerable.Repeat(Standing.Fallen, count)], TimeSpan.Zero);
}

/// <summary>What a cheap look says of the last whole one.</summary>
internal enum Standing
{
    /// <summary>No witness is as it was, or nothing could be read: only a whole look can tell.</summary>
    Fallen,

    /// <summary>One is not as it was, another is: the diagnosis holds, but what is told of it may have changed.</summary>
    Shaken,

    /// <summary>As it was.</summary>
    Stands,
}
