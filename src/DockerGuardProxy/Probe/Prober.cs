using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace DockerGuardProxy.Probe;

/// <summary>
/// Answers what the kernel shows of containers. Those asked for together share a round: sample, gap, sample, details. A question that comes
/// during a round waits for the next; nothing is read while nobody asks.
/// </summary>
internal sealed class Prober(ProbeOptions options, TimeProvider time)
{
    private readonly ProbeThreads _threads = new(time, options.ScanTimeout);

    // Invariant: _waiting is empty whenever _running is false. Both under _lock. _memory belongs to the running round alone.
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Number, RunMemory Memory, long AskedAt)> _memory = [];
    private List<Ask> _waiting = [];
    private bool _running;

    /// <summary>Threads that hang in a read of /proc; with two of them every answer is <see cref="DiagnosisKind.CannotTell"/>.</summary>
    public int LostThreads => _threads.Lost;

    /// <summary>
    /// Diagnoses one run. Takes a little over the gap of a second, at most about two rounds.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled; the round goes on for others.</exception>
    public ValueTask<Diagnosis> ProbeAsync(ContainerRun run, CancellationToken cancellation)
    {
        if (_threads.Lost >= ProbeThreads.MaxLost)
            return new(CannotTell);
        var ask = new Ask(run);
        lock (_lock)
        {
            _waiting.Add(ask);
            if (!_running)
            {
                _running = true;
                _ = Task.Run(RunRoundsAsync, CancellationToken.None);
            }
        }

        return new(ask.Answer.Task.WaitAsync(cancellation));
    }

    /// <summary>Whether each of these tasks still waits as it did when it was named; false where it can't be told. One look, at once.</summary>
    public async Task<bool> StillWaitAsync(ImmutableArray<StuckTask> tasks)
    {
        var wait = await _threads.RunAsync(cursor => new StrongBox<bool>(NamedTasks.AllWait(options.Root, tasks, cursor))).ConfigureAwait(false);
        return wait is { Value: true };
    }

    private static Diagnosis CannotTell { get; } = new(DiagnosisKind.CannotTell, []);

    private async Task RunRoundsAsync()
    {
        while (true)
        {
            List<Ask> asks;
            lock (_lock)
            {
                if (_waiting.Count == 0)
                {
                    _running = false;
                    return;
                }

                asks = _waiting;
                _waiting = [];
            }

            try
            {
                await RunRoundAsync(asks).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // Each asker gets it.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                foreach (var ask in asks)
                    ask.Answer.TrySetException(fault);
            }
        }
    }

    private async Task RunRoundAsync(List<Ask> asks)
    {
        // 1. First sample.
        var queries = asks.Select(ask => (ask.Run, Recall(ask.Run))).ToArray();
        var first = await _threads.RunAsync(cursor => new Samples(new ProcScan(options.Root, cursor).First(queries))).ConfigureAwait(false);
        if (first is null)
        {
            Answer(asks, static _ => CannotTell);
            return;
        }

        // 2. Second sample.
        await Task.Delay(options.Gap, time).ConfigureAwait(false);
        var second = await _threads.RunAsync(
            cursor => new Samples(new ProcScan(options.Root, cursor).Second(queries, first.Runs))).ConfigureAwait(false);
        if (second is null)
        {
            Answer(asks, static _ => CannotTell);
            return;
        }

        // 3. Decide.
        var verdicts = new Verdict[asks.Count];
        for (var i = 0; i < verdicts.Length; i++)
        {
            var (run, memory) = queries[i];
            memory = memory.With(first.Runs[i]);
            verdicts[i] = Verdict.Of(first.Runs[i], second.Runs[i], run.KillDue, memory.Seen);
            Remember(run, memory.With(second.Runs[i]));
        }

        Forget();

        // 4. Details. Without them, if they can't be read, the answer stands all the same.
        var details = verdicts.All(static verdict => verdict.Holders.IsEmpty)
            ? null
            : await _threads.RunAsync(cursor => Describe(verdicts, second.Runs, cursor)).ConfigureAwait(false);
        Answer(asks, i => new(verdicts[i].Kind, details?[i] ?? StallDetails.Bare(verdicts[i].Holders)));
    }

    private ImmutableArray<StuckTask>[] Describe(Verdict[] verdicts, ImmutableArray<RunSample> samples, ScanCursor cursor)
    {
        var details = new StallDetails(options.Root, cursor);
        return [.. verdicts.Select((verdict, i) => details.Of(verdict.Holders, samples[i].Members))];
    }

    private static void Answer(List<Ask> asks, Func<int, Diagnosis> diagnosis)
    {
        for (var i = 0; i < asks.Count; i++)
            asks[i].Answer.TrySetResult(diagnosis(i));
    }

    private RunMemory Recall(ContainerRun run) =>
        _memory.TryGetValue(run.Id, out var known) && known.Number == run.Number ? known.Memory : RunMemory.None;

    private void Remember(ContainerRun run, RunMemory memory) => _memory[run.Id] = (run.Number, memory, time.GetTimestamp());

    private void Forget()
    {
        var now = time.GetTimestamp();
        foreach (var (id, (_, _, askedAt)) in _memory)
        {
            if (time.GetElapsedTime(askedAt, now) > options.MemoryAge)
                _memory.Remove(id);
        }
    }

    private sealed record Ask(ContainerRun Run)
    {
        public TaskCompletionSource<Diagnosis> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record Samples(ImmutableArray<RunSample> Runs);
}
