using System.Collections.Immutable;

namespace DockerGuardProxy.Probe;

/// <summary>
/// Runs scans, one at a time, each on a thread of its own: the thread pool serves calls, and a read that blocks can't be cancelled. A thread
/// whose scan is overdue is lost until its read returns, if ever; with <see cref="MaxLost"/> of them lost no other is started.
/// </summary>
/// <param name="time">By which a scan is overdue.</param>
/// <param name="timeout">How long a scan may take, counted from its start.</param>
/// <param name="threadTime">CPU time of the present thread.</param>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody asks for holds nothing; scans may end at any later time.
internal sealed class ProbeThreads(TimeProvider time, TimeSpan timeout, Func<TimeSpan> threadTime)
#pragma warning restore CA1001
{
    /// <summary>How many threads may hang at most.</summary>
    public const int MaxLost = 2;

    private const int StackSize = 512 << 10;

    // Invariant: holds the cursor of each scan that was given up and whose thread still runs.
    private readonly HashSet<ScanCursor> _lost = [];
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1);
    private TimeSpan _spent;

    /// <summary>CPU time of all scans that have ended.</summary>
    public TimeSpan Spent
    {
        get
        {
            lock (_gate)
                return _spent;
        }
    }

    /// <summary>Threads that hang now.</summary>
    public int Lost
    {
        get
        {
            lock (_gate)
                return _lost.Count;
        }
    }

    /// <summary>Runs <paramref name="work"/>; null if it is overdue or no thread may be started.</summary>
    public async Task<T?> RunAsync<T>(Func<ScanCursor, T> work)
        where T : class
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            return await RunInTurnAsync(work).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<T?> RunInTurnAsync<T>(Func<ScanCursor, T> work)
        where T : class
    {
        ImmutableArray<ScanStep> blocked;
        lock (_gate)
        {
            if (_lost.Count >= MaxLost)
                return null;
            blocked = [.. _lost.Select(static cursor => cursor.Current).OfType<ScanStep>()];
        }

        var cursor = new ScanCursor(blocked);
        var end = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var inTime = end.Task.WaitAsync(timeout, time);
        new Thread(() => Run(work, cursor, end), StackSize) { IsBackground = true, Name = "probe" }.Start();
        try
        {
            return await inTime.ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            lock (_gate)
            {
                if (!end.Task.IsCompleted)
                    _lost.Add(cursor);
            }

            cursor.Abandon();
            _ = end.Task.Exception; // Nobody else looks at it.
            return null;
        }
    }

    private void Run<T>(Func<ScanCursor, T> work, ScanCursor cursor, TaskCompletionSource<T> end)
    {
        try
        {
            var result = work(cursor);
            Finish(() => end.SetResult(result));
        }
#pragma warning disable CA1031 // It is thrown again where the scan is awaited.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Finish(() => end.SetException(fault));
        }

        void Finish(Action complete)
        {
            var spent = threadTime();
            lock (_gate)
            {
                _spent += spent;
                complete();
                _lost.Remove(cursor);
            }
        }
    }
}
