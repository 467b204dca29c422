using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace DockerGuardProxy.Probe;

/// <summary>
/// Answers what the kernel shows of containers. Those asked for together share a round: sample, gap, sample, details. A question that comes
/// during the gap of a round begins another, so that none waits for it; nothing is read while nobody asks.
/// </summary>
internal sealed class Prober(ProbeOptions options, TimeProvider time)
{
    private readonly ProbeThreads _threads = new(time, options.ScanTimeout, options.ThreadTime);

    // Invariant: whenever _waiting is not empty, a round is about to begin and take all of it. Both under _gate.
    private readonly Lock _gate = new();
    // By run: several watches may ask about one container, each with numbers of its own.
    private readonly Dictionary<(string Id, long Number), (RunMemory Memory, long AskedAt)> _memory = [];
    private List<Ask> _waiting = [];

    /// <summary>Threads that hang in a read of /proc; with two of them every answer is <see cref="DiagnosisKind.CannotTell"/>.</summary>
    public int LostThreads => _threads.Lost;

    /// <summary>CPU time of all looks that have ended.</summary>
    public TimeSpan Spent => _threads.Spent;

    /// <summary>
    /// Looks at one run whole. Takes a little over the gap of a second.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled; the round goes on for others.</exception>
    public ValueTask<Look> ProbeAsync(ContainerRun run, CancellationToken cancellationToken)
    {
        if (_threads.Lost >= ProbeThreads.MaxLost)
            return new(Look.CannotTell);
        var ask = new Ask(run);
        lock (_gate)
        {
            _waiting.Add(ask);
            if (_waiting.Count == 1)
                _ = Task.Run(BeginRoundAsync, CancellationToken.None);
        }

        return new(ask.Answer.Task.WaitAsync(cancellationToken));
    }

    /// <summary>Whether each of these tasks still waits as it did when it was named; false where it can't be told. One look, at once.</summary>
    public async Task<bool> StillWaitAsync(ImmutableArray<StuckTask> tasks)
    {
        var wait = await _threads.RunAsync(cursor => new StrongBox<bool>(NamedTasks.AllWait(options.Root, tasks, cursor))).ConfigureAwait(false);
        return wait is { Value: true };
    }

    /// <summary>
    /// When each of these processes was started, in clock ticks since boot; null for one that is gone, only waits to be reaped, or is not of its
    /// container; the default where nothing can be told. Two numbers name a process for ever. One look, at once.
    /// </summary>
    public async Task<ImmutableArray<ulong?>> StartsAsync(ImmutableArray<NamedProcess> processes)
    {
        var starts = await _threads.RunAsync(
            cursor => new StrongBox<ImmutableArray<ulong?>>(NamedTasks.Starts(options.Root, processes, cursor))).ConfigureAwait(false);
        return starts?.Value ?? default;
    }

    /// <summary>
    /// The names of processes, printable ASCII; empty for one that is gone or has no number, null for one that can't be read. One look, at once.
    /// </summary>
    public async Task<ImmutableArray<string?>> CommsAsync(ImmutableArray<int> pids)
    {
        var comms = await _threads.RunAsync(cursor => new StrongBox<ImmutableArray<string?>>(NamedTasks.Comms(options.Root, pids, cursor)))
            .ConfigureAwait(false);
        return comms?.Value ?? [.. pids.Select(static _ => (string?)null)];
    }

    /// <summary>Which processes of a run there are beside its init. One look, at once; goes through all of /proc.</summary>
    public async Task<ExecProcesses> ExecsAsync(ContainerRun run) =>
        await _threads.RunAsync(cursor => ExecProcesses.Read(options.Root, run, cursor)).ConfigureAwait(false) ?? ExecProcesses.Unreadable;

    /// <summary>
    /// Asks whether whole looks still hold. Waits for no round: two small files are read of each run, whatever its size.
    /// </summary>
    public async Task<CheapLooks> ConfirmAsync(IReadOnlyList<CheapLook> looks)
    {
        return await _threads.RunAsync(Confirm).ConfigureAwait(false) ?? CheapLooks.None(looks.Count);

        CheapLooks Confirm(ScanCursor cursor)
        {
            var scan = new ProcScan(options.Root, cursor);
            return new([.. looks.Select(scan.Confirm)], options.ThreadTime());
        }
    }

    private async Task BeginRoundAsync()
    {
        List<Ask> asks;
        lock (_gate)
        {
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

    private async Task RunRoundAsync(List<Ask> asks)
    {
        // 1. First sample.
        var queries = asks.Select(ask => (ask.Run, Recall(ask.Run))).ToArray();
        var first = await _threads.RunAsync(cursor => new Samples(new ProcScan(options.Root, cursor).First(queries))).ConfigureAwait(false);
        if (first is null)
        {
            Answer(asks, static _ => Look.CannotTell);
            return;
        }

        // 2. Second sample.
        await Task.Delay(options.Gap, time).ConfigureAwait(false);
        var second = await _threads.RunAsync(
            cursor => new Samples(new ProcScan(options.Root, cursor).Second(queries, first.Runs))).ConfigureAwait(false);
        if (second is null)
        {
            Answer(asks, static _ => Look.CannotTell);
            return;
        }

        // 3. Decide.
        var diagnoses = new BareDiagnosis[asks.Count];
        var memories = new RunMemory[asks.Count];
        for (var i = 0; i < diagnoses.Length; i++)
        {
            var (run, memory) = queries[i];
            memory = memory.With(first.Runs[i]);
            diagnoses[i] = BareDiagnosis.Of(first.Runs[i], second.Runs[i], run.KillDue, memory.Seen);
            memories[i] = memory.With(second.Runs[i]);
        }

        // 4. Details. Without them, if they can't be read, the answer stands all the same.
        var details = diagnoses.All(static diagnosis => diagnosis.Holders.IsEmpty)
            ? null
            : await _threads.RunAsync(cursor => Describe(diagnoses, second.Runs, memories, cursor)).ConfigureAwait(false);
        for (var i = 0; i < memories.Length; i++)
            Remember(asks[i].Run, details is null ? memories[i] : memories[i] with { Described = details[i].Read });
        Forget();
        Answer(asks, i => Conclude(diagnoses[i], details?[i] ?? StallDetails.Bare(diagnoses[i].Holders), second.Runs[i]));
    }

    private DescribedTasks[] Describe(BareDiagnosis[] diagnoses, ImmutableArray<RunSample> samples, RunMemory[] memories, ScanCursor cursor)
    {
        var details = new StallDetails(options.Root, cursor);
        return [.. diagnoses.Select((diagnosis, i) => details.Of(diagnosis.Holders, samples[i].Members, memories[i].Described))];
    }

    /// <summary>A task that did not wait for its details to be read is no evidence: where none is left, nothing holds the container.</summary>
    private static Look Conclude(BareDiagnosis diagnosis, DescribedTasks described, RunSample sample)
    {
        var size = sample.Tasks.Length;
        var holders = diagnosis.Holders.Length - described.Left;
        return holders == 0 && diagnosis.Kind is (DiagnosisKind.DState or DiagnosisKind.Frozen)
            ? new(new(DiagnosisKind.Alive, []), [], size)
            : new(new(diagnosis.Kind, described.Tasks, holders - described.Tasks.Length), diagnosis.Witnesses, size, sample.InitGone);
    }

    private static void Answer(List<Ask> asks, Func<int, Look> look)
    {
        for (var i = 0; i < asks.Count; i++)
            asks[i].Answer.TrySetResult(look(i));
    }

    private RunMemory Recall(ContainerRun run)
    {
        lock (_gate)
            return _memory.TryGetValue((run.Id, run.Number), out var known) ? known.Memory : RunMemory.None;
    }

    private void Remember(ContainerRun run, RunMemory memory)
    {
        lock (_gate)
            _memory[(run.Id, run.Number)] = (memory, time.GetTimestamp());
    }

    private void Forget()
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            foreach (var (run, (_, askedAt)) in _memory)
            {
                if (time.GetElapsedTime(askedAt, now) > options.MemoryAge)
                    _memory.Remove(run);
            }
        }
    }

    private sealed record Ask(ContainerRun Run)
    {
        public TaskCompletionSource<Look> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed record Samples(ImmutableArray<RunSample> Runs);
}
