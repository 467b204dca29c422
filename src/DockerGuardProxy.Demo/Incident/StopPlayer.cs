using System.Collections.Immutable;

namespace DockerGuardProxy.Demo.Incident;

/// <summary>
/// Plays the incident on one socket:
/// 1. a container's file system hangs;
/// 2. callers ask for its stop at an even pace, each leaving after a while;
/// 3. in the middle another container is stopped, and all are listed;
/// 4. when all callers have gone, the file system comes back.
/// </summary>
internal sealed class StopPlayer(DemoOptions options, TimeProvider time, Action<string, Sample, int, int, Answers> show)
{
    private static readonly TimeSpan SampleGap = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ShowGap = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RecoveryLimit = TimeSpan.FromSeconds(5);

    /// <summary>Plays one half.</summary>
    /// <param name="name">For the reader.</param>
    /// <param name="engine">A fresh engine, prepared.</param>
    /// <param name="socket">Where the callers go.</param>
    /// <param name="proxyMemory">Resident bytes of the proxy, if there is one.</param>
    /// <param name="status">Asks the proxy for its view, just before the thaw.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<StopHalf> PlayAsync(
        string name,
        IPlayedEngine engine,
        string socket,
        Func<long?> proxyMemory,
        Func<Task<string>> status,
        CancellationToken cancellationToken)
    {
        using var calls = new DockerCalls(socket);
        var answers = new Answers();
        var samples = ImmutableArray.CreateBuilder<Sample>();
        var callers = new List<Task>();
        Task<(TimeSpan? Stop, TimeSpan? List)>? others = null;
        var begin = time.GetTimestamp();
        TimeSpan Now() => time.GetElapsedTime(begin);

        // 1.
        await engine.FreezeAsync(cancellationToken);

        // 2, 3. Until all callers are gone: the last one's patience is waited for too.
        TimeSpan nextSample = TimeSpan.Zero, nextShow = ShowGap;
        using (var timer = new PeriodicTimer(options.Pace, time))
        {
            do
            {
                var now = Now();
                if (now < options.Length) callers.Add(CallAsync(calls, engine.Stuck, answers, Now, cancellationToken));
                if (now > options.Length / 2) others ??= OthersAsync(calls, engine.Healthy, cancellationToken);
                if (now >= nextSample)
                {
                    samples.Add(await engine.TakeAsync(now, cancellationToken));
                    nextSample += SampleGap;
                }

                if (now >= nextShow)
                {
                    show(name, samples[^1], callers.Count, (int)(options.Length / options.Pace), answers);
                    nextShow += ShowGap;
                }
            }
            while ((Now() < options.Length || callers.Any(static caller => !caller.IsCompleted))
                && await timer.WaitForNextTickAsync(cancellationToken));
        }

        await Task.WhenAll(callers);
        var (otherStop, list) = await others!;
        var last = await engine.TakeAsync(Now(), cancellationToken);
        var reached = engine.Reached;
        var view = await status();

        // 4.
        var thawAt = Now();
        var memory = proxyMemory();
        samples.Add(await engine.TakeAsync(thawAt, cancellationToken));
        await engine.ThawAsync(cancellationToken);
        bool isFree;
        while (!(isFree = engine.IsFree(await engine.TakeAsync(Now(), cancellationToken))) && Now() - thawAt < RecoveryLimit)
            await Task.Delay(TimeSpan.FromMilliseconds(10), time, cancellationToken);
        TimeSpan? recovery = isFree ? Now() - thawAt : null;

        // A moment more, so that the picture shows it.
        await Task.Delay(SampleGap, time, cancellationToken);
        samples.Add(await engine.TakeAsync(Now(), cancellationToken));
        return new StopHalf
        {
            Name = name,
            Samples = samples.ToImmutable(),
            Last = last,
            Asked = callers.Count,
            Reached = reached,
            Answers = answers,
            OtherStop = otherStop,
            List = list,
            ProxyMemory = memory,
            ThawAt = thawAt,
            Recovery = recovery,
            Status = view,
        };
    }

    private async Task CallAsync(DockerCalls calls, string container, Answers answers, Func<TimeSpan> now, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(options.CallerPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            var (status, message) = await calls.StopAsync(container, options.StopSeconds, either.Token);
            answers.Add(status, message, now());
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or IOException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            answers.AddGaveUp();
        }
    }

    private async Task<(TimeSpan? Stop, TimeSpan? List)> OthersAsync(DockerCalls calls, string container, CancellationToken cancellationToken)
    {
        var timer = new CallTimer(options.CallerPatience, time);
        var list = await timer.TakenAsync(calls.ListAsync, cancellationToken);
        return (await timer.TakenAsync(patience => calls.StopAsync(container, options.StopSeconds, patience), cancellationToken), list);
    }
}
