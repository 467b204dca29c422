using System.Collections.Immutable;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Streams;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Route;

/// <summary>
/// Watches over clients that do not read (or, of an upload, do not send). Asleep while none is waited for. In a round, once a second: (1) which have
/// been waited for, (2) how many bytes wait for each, (3) whether the processes of those live that have not moved for long, (4) what is to be done,
/// by <see cref="StreamRules"/> and <see cref="TransferRules"/>, (5) what there is to be told.
/// </summary>
internal sealed class StreamWatch(
    ClientStreams streams,
    StalledStreams stalled,
    RestBudget budget,
    Func<GuardPolicies> policies,
    ProcessEnds ends,
    ContainerIndex index,
    ILockWaiters waiters,
    Prober prober,
    IEnumerable<IStreamObserver> observers,
    FailOpen failOpen,
    FaultCount faults,
    TimeProvider time,
    ILogger<StreamWatch> logger) : BackgroundService
{
    /// <summary>From one round to the next, and how long a client must have been waited for to be looked at.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>From a take-over on: what was waited for follows within this time.</summary>
    private static readonly TimeSpan Follows = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Of more than these nothing is done that would not be done for the longest waiting alone. Those about which something was said or done do not
    /// count: they would keep the others out for as long as they wait.
    /// </summary>
    private const int Max = 256;

    private readonly ImmutableArray<IStreamObserver> _observers = [.. observers];
    private readonly Dictionary<ClientStream, WatchedStream> _watched = [];
    private readonly long _origin = time.GetTimestamp();
    private bool _isFailing;

    private TimeSpan Now => time.GetElapsedTime(_origin);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            if (_watched.Count == 0 && stalled.Current.IsEmpty) await streams.WaitAsync(stoppingToken);
            await Task.Delay(Pause, time, stoppingToken);
            try
            {
                await LookAsync(stoppingToken);
                _isFailing = false;
            }
#pragma warning disable CA1031 // No thread to be had, for instance: the next round may have one. One that fails after the other is one fault.
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                if (!_isFailing)
                {
                    faults.Add();
                    ProbeLog.StreamsFailed(logger, e);
                }

                _isFailing = true;
            }
        }
    }

    /// <summary>A round.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var (now, utcNow, guard) = (Now, time.GetUtcNow(), policies());
        var settings = guard.Families;

        // 1.
        Follow(settings);

        // 2.
        using (var diag = _watched.Count == 0 ? null : SockDiag.Open())
        {
            foreach (var one in _watched.Values) one.Measure(diag, now, utcNow);
        }

        foreach (var one in _watched.Values) one.Resolve(index);
        await NameAsync(now, settings);

        // 3.
        var pressing = _watched.Values.Where(one => IsProcess(one.Stream.Kind) && one.Stream.Pump is not null
            && StreamRules.Judge(one.Facts(null, now), settings.Streams) == StreamVerdict.Look);
        await ends.LookAsync([.. pressing.OrderByDescending(one => one.Unmoved(now)).Take(Max)], now, cancellationToken);

        // 4.
        foreach (var one in _watched.Values)
        {
            TellStall(one, settings, now);
            if (one.IsExempt(guard.Exempt)) continue;
            if (one.Stream.Kind is StreamKind.Download or StreamKind.Upload) Cut(one, settings.Transfers, now);
            else if (one.Stream.Pump is { } pump) TakeOver(one, pump, settings.Streams, now);
        }

        // 5.
        stalled.Current =
        [
            .. _watched.Values.Where(one => IsStalled(one, settings, now) || one.Stream.Pump?.Rest is not null)
                .OrderByDescending(one => one.Unmoved(now)).Select(one => Describe(one)),
        ];
    }

    private static bool IsProcess(StreamKind kind) => kind is StreamKind.Attach or StreamKind.Exec;

    private static GuardMode ModeOf(StreamKind kind, FamilyPolicies settings) =>
        kind is StreamKind.Download or StreamKind.Upload ? settings.Transfers.Mode : settings.Streams.Mode;

    /// <summary>
    /// Keeps those whose client is waited for, those of processes before others and the longest waiting first, and those that were taken over;
    /// forgets the others.
    /// </summary>
    private void Follow(FamilyPolicies settings)
    {
        var waiting = streams.Open
            .Select(stream => (Stream: stream, Since: stream.WaitsSince))
            .Where(one => ModeOf(one.Stream.Kind, settings) != GuardMode.Off && (one.Since != 0 || one.Stream.Pump?.Rest is not null)
                && (_watched.ContainsKey(one.Stream) || time.GetElapsedTime(one.Since) >= Pause))
            .ToLookup(one => one.Stream.IsSaid);
        var next = waiting[false].OrderByDescending(one => IsProcess(one.Stream.Kind)).ThenBy(one => one.Since).Take(Max);
        var followed = waiting[true].Concat(next).Select(one => one.Stream).ToHashSet();
        foreach (var gone in _watched.Keys.Where(stream => !followed.Contains(stream)).ToArray()) _watched.Remove(gone);
        foreach (var stream in followed)
        {
            if (!_watched.ContainsKey(stream)) _watched.Add(stream, new WatchedStream(stream));
        }
    }

    private async Task NameAsync(TimeSpan now, FamilyPolicies settings)
    {
        var nameless = _watched.Values.Where(one => one.Comm is null && one.Unmoved(now) >= settings.Streams.Stall / 2).ToArray();
        if (nameless.Length == 0) return;
        var comms = await prober.CommsAsync([.. nameless.Select(one => one.Peer?.Pid ?? 0)]);
        for (var i = 0; i < nameless.Length; i++) nameless[i].Comm = comms[i];
    }

    private static bool IsStalled(WatchedStream one, FamilyPolicies settings, TimeSpan now) =>
        one.Stream.Kind is not (StreamKind.Download or StreamKind.Upload)
        ? StreamRules.IsStalled(one.Facts(null, now), settings.Streams)
        : TransferRules.IsStalled(one.TransferFacts(false, now), settings.Streams.Stall);

    private void TellStall(WatchedStream one, FamilyPolicies settings, TimeSpan now)
    {
        if (one.IsTold || !IsStalled(one, settings, now)) return;
        one.IsTold = true;
        Tell(new StreamEvent.Stalled(Describe(one)));
    }

    private void TakeOver(WatchedStream one, StreamPump pump, StreamsPolicy policy, TimeSpan now)
    {
        // While events may have been missed, what the index says of the run is not to be trusted.
        var verdict = index.IsReady ? StreamRules.Judge(one.Facts(ends.GoneSince(one), now), policy) : StreamVerdict.Leave;
        if (verdict is StreamVerdict.Say or StreamVerdict.TakeOver)
        {
            var isCarriedOut = verdict == StreamVerdict.TakeOver;

            // False where the client has taken everything in this very moment.
            if (isCarriedOut && !pump.TryTakeOver(budget, new RestLimits(policy.MaxRestPerStream, policy.MaxRestOnNode))) return;
            (one.Stream.IsSaid, one.Stream.IsDone) = (true, isCarriedOut);
            if (isCarriedOut) one.ReviewFrom = now;
            Tell(new StreamEvent.TakenOver(Describe(one), isCarriedOut));
        }

        if (pump.Rest is { IsCut: true } && !one.IsCut)
        {
            one.IsCut = true;
            Tell(new StreamEvent.RestCut(Describe(one)));
        }

        if (one.ReviewFrom is not { } from) return;
        var hasFollowed = HasFollowed(one, pump);
        if (!hasFollowed && now - from < Follows) return;
        one.ReviewFrom = null;
        if (!hasFollowed) Tell(new StreamEvent.ProvedWrong(Describe(one)));
    }

    /// <summary>
    /// The end that a take-over is for: of a container its <c>die</c>, of an exec that of what the engine sends. Where we have cut that, it can't be
    /// told, and does not count as wrong.
    /// </summary>
    private static bool HasFollowed(WatchedStream one, StreamPump pump) =>
        one.Stream.Kind == StreamKind.Attach ? one.Container is null || one.IsOver : pump.Rest is { IsWhole: true } or { IsCut: true };

    private void Cut(WatchedStream one, TransfersPolicy policy, TimeSpan now)
    {
        if (!TransferRules.IsStalled(one.TransferFacts(false, now), policy.Stall) || one.Container is not { } container) return;
        var verdict = TransferRules.Judge(one.TransferFacts(waiters.Any(container.Id), now), policy);
        if (verdict == TransferVerdict.Leave) return;

        // What was measured is as old as the looks since.
        using (var diag = SockDiag.Open())
        {
            if (!one.IsAsMeasured(diag)) return;
        }

        var isCarriedOut = verdict == TransferVerdict.Cut;
        (one.Stream.IsSaid, one.Stream.IsDone, one.IsCut) = (true, isCarriedOut, isCarriedOut);
        Tell(new StreamEvent.TransferCut(Describe(one), isCarriedOut));
        if (isCarriedOut) one.Stream.Cut();
    }

    private StalledStream Describe(WatchedStream one) =>
        one.Describe(IsProcess(one.Stream.Kind) && (one.Stream.IsSaid || ends.GoneSince(one) is not null));

    private void Tell(StreamEvent happened)
    {
        foreach (var observer in _observers)
            failOpen.Try(observer.GetType().Name, (observer, happened), static it => it.observer.On(it.happened));
    }
}
