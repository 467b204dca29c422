namespace DockerGuardProxy.Demo.Incident;

/// <summary>
/// Plays a lock that hangs on one socket:
/// 1. a container's shim answers no more, and somebody pauses the container: the engine waits for the shim under the container's lock;
/// 2. callers look at the container at an even pace, each leaving after a while; one waits to the end;
/// 3. in the middle another container is looked at, and all are listed;
/// 4. when all callers have gone, the shim goes on.
/// </summary>
internal sealed class LockPlayer(DemoOptions options, TimeProvider time)
{
    // As a kubelet does: most of its looks are inspects.
    private static readonly string[] Looks = ["json", "json", "top", "stats?stream=0"];

    // Far more than a slow machine takes.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Plays one side.</summary>
    /// <param name="name">For the reader.</param>
    /// <param name="engine">A fresh engine, prepared.</param>
    /// <param name="socket">Where the callers go.</param>
    /// <param name="status">Asks the proxy for its view, just before the lock is free.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<LockHalf> PlayAsync(
        string name, ILockedEngine engine, string socket, Func<Task<string>> status, CancellationToken cancellationToken)
    {
        using var calls = new DockerCalls(socket);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var before = await engine.TakeAsync(TimeSpan.Zero, ended.Token);

        // 1.
        await engine.StopShimAsync(ended.Token);
        var pausing = PauseAsync(calls, engine.Locked, ended.Token);
        await engine.PausesAsync(ended.Token);

        // 2, 3.
        var timer = new CallTimer(options.LookPatience, time);
        var callers = new List<Task>();
        Task<long>? patient = null;
        Task<(TimeSpan? Other, TimeSpan? List)>? others = null;
        var begin = time.GetTimestamp();
        using (var tick = new PeriodicTimer(options.LookPace, time))
        {
            do
            {
                callers.Add(LookAsync(calls, timer, $"{engine.Locked}/{Looks[callers.Count % Looks.Length]}", ended.Token));
                if (time.GetElapsedTime(begin) > options.LookLength / 2)
                {
                    patient ??= WaitAsync(calls, engine.Locked, ended.Token);
                    others ??= OthersAsync(calls, timer, engine.Other, ended.Token);
                }
            }
            while (await tick.WaitForNextTickAsync(ended.Token) && (others is null || time.GetElapsedTime(begin) < options.LookLength));
        }

        await Task.WhenAll(callers);
        var (other, list) = await others!;
        var last = await engine.TakeAsync(time.GetElapsedTime(begin), ended.Token);
        var reached = engine.Reached(before, last);
        var view = await status();

        // 4.
        var freeAt = time.GetTimestamp();
        engine.ContinueShim();
        var isFree = await Wait.UntilAsync(
            async () => engine.IsFree(before, await engine.TakeAsync(time.GetElapsedTime(begin), ended.Token)), Limit, time, ended.Token) is not null;
        var recovery = time.GetElapsedTime(freeAt);
        await Wait.UntilAsync(() => patient!.IsCompleted, Limit, time, ended.Token);
        await ended.CancelAsync();
        await Task.WhenAll(pausing, patient!).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return new LockHalf
        {
            Name = name,
            Asked = callers.Count + 1,
            Reached = reached,
            Before = before,
            Last = last,
            Other = other,
            List = list,
            Patient = patient!.IsCompletedSuccessfully ? time.GetElapsedTime(freeAt, patient.Result) : null,
            Recovery = isFree ? recovery : null,
            Status = view,
        };
    }

    private static async Task PauseAsync(DockerCalls calls, string container, CancellationToken cancellationToken)
    {
        using var answer = await calls.PostAsync($"containers/{container}/pause", cancellationToken);
    }

    private static Task<TimeSpan?> LookAsync(DockerCalls calls, CallTimer timer, string what, CancellationToken cancellationToken) =>
        timer.TakenAsync(patience => calls.GetAsync($"containers/{what}", patience), cancellationToken);

    /// <summary>Waits to the end.</summary>
    /// <returns>When the answer came.</returns>
    private async Task<long> WaitAsync(DockerCalls calls, string container, CancellationToken cancellationToken)
    {
        await calls.GetAsync($"containers/{container}/json", cancellationToken);
        return time.GetTimestamp();
    }

    private static async Task<(TimeSpan? Other, TimeSpan? List)> OthersAsync(
        DockerCalls calls, CallTimer timer, string container, CancellationToken cancellationToken)
    {
        var list = await timer.TakenAsync(calls.ListAsync, cancellationToken);
        return (await timer.TakenAsync(BothAsync, cancellationToken), list);

        async Task BothAsync(CancellationToken patience)
        {
            await calls.GetAsync($"containers/{container}/json", patience);
            await calls.GetAsync($"containers/{container}/top", patience);
        }
    }
}
