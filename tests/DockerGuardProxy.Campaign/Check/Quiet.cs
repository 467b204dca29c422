using System.Globalization;
using DockerGuardProxy.EngineTests.Guard;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Campaign.Check;

/// <summary>Looks, when all clients have gone and all chaos is undone, whether everything is as it was.</summary>
internal static class Quiet
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Removes what is left, waits until it is quiet, and looks.</summary>
    /// <returns>What proxy and engine hold at the end.</returns>
    public static async Task<Holdings> LookAsync(Site site, Holdings before)
    {
        await site.Engine.Api.RemoveAllAsync();
        // 1. A refused container stays in the ledger for a minute, to see whether that was wrong.
        var isEmpty = await site.Proxy.BecomesAsync(
            status => status.IsEmpty() && status.Containers.Count == 0 && status.Locks is null or { Waiting: 0, Containers.Count: 0 }
                && status.HeldBytes == 0, Limit);
        site.Findings.Look(
            Invariant.LedgerEmpty, isEmpty is not null, site.Name,
            $"after {Limit.TotalSeconds:0} s of quiet: {string.Join("; ", (await site.Proxy.StatusAsync()).Containers)}");

        // 2. Memory is given back half a minute after the last client has left.
        var now = await Holdings.OfAsync(site);
        await Poll.UntilAsync(async () => (now = await Holdings.OfAsync(site)).IsBackAt(before), Limit, everyMs: 1000);
        site.Findings.Look(Invariant.BackAtBaseline, now.IsBackAt(before), site.Name, $"before: {before}; after: {now}");

        // 3. No call that changes something was sent twice, at any time.
        foreach (var (token, times) in site.Relay.Seen.SentAgain())
        {
            site.Findings.Break(
                Invariant.SentOnce, site.Name, string.Create(CultureInfo.InvariantCulture, $"call {token:x16} was sent {times} times"));
        }

        for (var call = 0; call < site.Relay.Seen.Count; call++) site.Findings.Hold(Invariant.SentOnce);
        return now;
    }
}
