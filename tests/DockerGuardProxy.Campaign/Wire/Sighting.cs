using System.Collections.Concurrent;

namespace DockerGuardProxy.Campaign.Wire;

/// <summary>What was seen of a call between the proxy and the engine.</summary>
/// <param name="Times">How often it was sent.</param>
/// <param name="SeenAt">When first.</param>
/// <param name="AnsweredAt">When the engine's answer began; null before.</param>
/// <param name="Status">The answer's status; 0 before.</param>
internal sealed record Sighting(int Times, TimeSpan SeenAt, TimeSpan? AnsweredAt = null, int Status = 0);

/// <summary>All that was seen, by the numbers of the calls.</summary>
internal sealed class Sightings
{
    private readonly ConcurrentDictionary<ulong, Sighting> _all = new();

    /// <summary>A call went to the engine.</summary>
    public void Sent(ulong token, TimeSpan now) =>
        _all.AddOrUpdate(token, static (_, now) => new Sighting(1, now), static (_, seen, _) => seen with { Times = seen.Times + 1 }, now);

    /// <summary>The engine's answer to a call begins.</summary>
    public void Answered(ulong token, TimeSpan now, int status)
    {
        if (_all.TryGetValue(token, out var seen) && seen.AnsweredAt is null)
            _all.TryUpdate(token, seen with { AnsweredAt = now, Status = status }, seen);
    }

    /// <summary>What is known of a call; null if it was not sent.</summary>
    public Sighting? Find(ulong token) => _all.GetValueOrDefault(token);

    /// <summary>Forgets a call that may be sent again without harm.</summary>
    public void Forget(ulong token) => _all.TryRemove(token, out _);

    /// <summary>Calls that were sent more than once, with how often, of those that are not forgotten.</summary>
    public IReadOnlyList<(ulong Token, int Times)> SentAgain() =>
        [.. _all.Where(call => call.Value.Times > 1).Select(call => (call.Key, call.Value.Times))];

    /// <summary>How many are known.</summary>
    public int Count => _all.Count;
}
