using System.Diagnostics;
using DockerGuardProxy.Bench.Results;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;

namespace DockerGuardProxy.Bench.Rows;

/// <summary>The ledger alone: what a decision costs, and that it costs the same however many containers it knows.</summary>
internal static class GuardDecisions
{
    public static Table Run(BenchSettings settings)
    {
        var table = Tables.OfOne(
            "Guard decisions",
            "The ledger in the bench's own process (JIT), one thread: a stop arrives on a container whose stop is open, is decided upon,\n"
                + "and its caller leaves again. Decisions/s.",
            "decisions/s");
        foreach (var entries in new[] { 10, settings.LedgerEntries })
        {
            for (var round = 0; round < settings.Rounds; round++)
                table.Add($"{entries:#,0} entries", "decisions/s", Measure(entries, settings.Decisions));
        }

        return table;
    }

    private static double Measure(int entries, int decisions)
    {
        var engine = new SilentEngine();
        using var ledger = new LedgerKeeper(TimeProvider.System, GuardPolicies.Default, engine, engine, NullGuardObserver.Instance);
        var containers = Enumerable.Range(0, entries)
            .Select(i => new GuardedContainer($"{i:x64}", $"box-{i}", IsRunning: true, Run: 1, TimeSpan.FromSeconds(10), ""))
            .ToArray();
        var calls = containers.Select(container => new TerminatingCall(Operation.Stop, container.Name, Grace.After(TimeSpan.FromHours(1)), null))
            .ToArray();
        for (var i = 0; i < entries; i++) ledger.Arrive(calls[i], containers[i], null);

        var clock = Stopwatch.StartNew();
        for (var i = 0; i < decisions; i++)
        {
            // Scattered, so that it is no walk through memory in order: a step that shares no factor with the number of entries.
            var at = (int)(i * 7919L % entries);
            ledger.CallerLeft(ledger.Arrive(calls[at], containers[at], null));
        }

        return decisions / clock.Elapsed.TotalSeconds;
    }

    /// <summary>Takes every call and never answers.</summary>
    private sealed class SilentEngine : IAttemptSender, IRefusalReview
    {
        private readonly Task<AttemptAnswer> _never = new TaskCompletionSource<AttemptAnswer>().Task;

        public Task<AttemptAnswer> SendAsync(Attempt attempt, Func<bool> mayBeSent) => _never;

        public Task<bool> StillWaitAsync(EndedRefusals refusals) => Task.FromResult(false);
    }
}
