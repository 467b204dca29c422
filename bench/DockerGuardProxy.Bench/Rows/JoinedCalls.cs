using System.Diagnostics;
using DockerGuardProxy.Bench.Results;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Bench.Rows;

/// <summary>The ledger alone: that a caller who joins costs the same however many have, and how long an answer to all of them takes.</summary>
internal static class JoinedCalls
{
    private const int Reports = 200;

    private static readonly Diagnosis Stuck = new(
        DiagnosisKind.DState, [new StuckTask(77, 77, 9, "touch", 'D', "percpu_rwsem_wait", "ext4 /dev/loop0")]);

    public static Table Run(BenchSettings settings)
    {
        var counts = new[] { settings.Joined / 4, settings.Joined };
        var table = Tables.OfOne(
            "Joined callers",
            "The ledger in the bench's own process (JIT), one thread: callers of `kill` on one container whose kill is open, and evidence about it.",
            [.. counts.Select(Column)]);
        Measure(counts[0]);
        for (var round = 0; round < settings.Rounds; round++)
        {
            foreach (var count in counts)
            {
                var (arrival, report, answer) = Measure(count);
                table.Add("an arrival, µs", Column(count), arrival.TotalMicroseconds / count);
                table.Add("a report of the probe, µs", Column(count), report.TotalMicroseconds / Reports);
                table.Add("the answer to all, ms", Column(count), answer.TotalMilliseconds);
            }
        }

        return table;
    }

    private static string Column(int callers) => $"{callers:#,0} callers";

    private static (TimeSpan Arrival, TimeSpan Report, TimeSpan Answer) Measure(int callers)
    {
        var policy = GuardPolicy.Default with { Patience = TimeSpan.FromHours(1), MaxWaitingPerContainer = callers, MaxWaitingOnNode = callers };
        var engine = new Engine();
        using var ledger = new LedgerKeeper(TimeProvider.System, GuardPolicies.All(policy), engine, engine, NullGuardObserver.Instance);
        var container = new GuardedContainer(new string('a', 64), "box", IsRunning: true, Run: 1, TimeSpan.FromSeconds(10), "");
        var call = new TerminatingCall(Operation.Kill, container.Name, Grace.None, null);
        ledger.Arrive(call, container, null);

        var clock = Stopwatch.StartNew();
        for (var i = 0; i < callers; i++) ledger.Arrive(call, container, null);
        var arrival = clock.Elapsed;

        clock.Restart();
        for (var i = 0; i < Reports; i++) ledger.Evidence(ledger.EvidenceNeeds()[0], Stuck);
        var report = clock.Elapsed;

        clock.Restart();
        ledger.Answered(engine.Sent!, new EngineAnswer(204, default));
        return (arrival, report, clock.Elapsed);
    }

    /// <summary>Takes the one call that is sent.</summary>
    private sealed class Engine : IAttemptSender, IRefusalReview
    {
        public Attempt? Sent { get; private set; }

        public Task<AttemptAnswer> SendAsync(Attempt attempt, Func<bool> mayBeSent)
        {
            Sent = attempt;
            return new TaskCompletionSource<AttemptAnswer>().Task;
        }

        public Task<bool> StillWaitAsync(EndedRefusals refusals) => Task.FromResult(false);
    }
}
