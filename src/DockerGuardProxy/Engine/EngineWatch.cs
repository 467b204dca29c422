using System.Threading.Channels;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Engine;

/// <summary>
/// Keeps the index true, for as long as the daemon lives:
/// (1) ping, (2) see whether the engine is another process, (3) subscribe to its events, (4) ask for a list, so that nothing falls between,
/// (5) follow the events; list again now and then, for dockerd drops events of a slow reader without a word. Whatever fails, it begins anew
/// after a pause. No call ever waits for it.
/// </summary>
internal sealed partial class EngineWatch(
    IEngineApi engine,
    IEngineIdentity identity,
    ContainerIndex index,
    ContainerLearner learner,
    TimeProvider time,
    ILogger<EngineWatch> logger) : BackgroundService
{
    /// <summary>dockerd behind a socket unit accepts nothing while it restores containers, so it is given a while.</summary>
    internal static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    /// <summary>Between lists while all is well.</summary>
    internal static readonly TimeSpan ListInterval = TimeSpan.FromMinutes(5);

    /// <summary>After a list was wanted: more will be.</summary>
    private static readonly TimeSpan ListPause = TimeSpan.FromSeconds(1);

    /// <summary>A connection that lived this long was a good one.</summary>
    private static readonly TimeSpan Proven = TimeSpan.FromSeconds(10);

    private readonly Channel<bool> _listWanted = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly RetryPause _pause = new(Random.Shared.NextDouble);
    private readonly Lock _gate = new();
    private EngineInstance? _instance;
    private long? _lastEventNano;
    private bool _metBefore;
    private bool _lossTold;

    /// <summary>The engine that the index follows; null before it was met, or if it can't be told.</summary>
    public EngineInstance? Instance
    {
        get
        {
            lock (_gate)
                return _instance;
        }
    }

    /// <summary>Something is known of this engine already: if it meets another one, that is a restart. Before the watch starts.</summary>
    public void Expect(EngineInstance instance)
    {
        lock (_gate)
            _instance = instance;
        _metBefore = true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        index.ListWanted = () => _listWanted.Writer.TryWrite(true);
        while (!stoppingToken.IsCancellationRequested)
        {
            var began = time.GetTimestamp();
            var hung = false;
            try
            {
                await FollowAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                hung = fault is TimeoutException;
                TellLoss(fault);
            }

            index.LoseTrack();
            if (time.GetElapsedTime(began) >= Proven && !hung)
                _pause.Reset();
            await Task.Delay(_pause.Next(hung), time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task FollowAsync(CancellationToken stoppingToken)
    {
        using var life = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        await Limited(engine.PingAsync, life.Token);
        Meet(identity.Read());

        // One nanosecond on, so that the last event seen is not replayed.
        var events = await Limited(token => engine.SubscribeAsync(_lastEventNano + 1, token), life.Token, outlives: life);
        var reading = ReadAsync(events, life.Token);
        var listing = ListAsync(life.Token);
        var first = await Task.WhenAny(reading, listing);

        // Whichever ended, the other is of no more use.
        await life.CancelAsync();
        await Task.WhenAll(reading, listing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
        throw new EndOfStreamException("The engine ended its stream of events.");
    }

    /// <summary>Without an identity on both sides, a new stream may be a new engine, and is taken for one: that only forgives.</summary>
    private void Meet(EngineInstance? instance)
    {
        bool restarted;
        lock (_gate)
        {
            restarted = _metBefore && (instance is null || _instance is null || instance != _instance);
            _instance = instance;
        }

        _metBefore = true;
        if (!restarted)
            return;
        EngineReplaced(logger, instance?.Pid);
        index.EngineRestarted();
    }

    private async Task ReadAsync(IAsyncEnumerable<EngineEvent> events, CancellationToken cancellationToken)
    {
        await foreach (var message in events.WithCancellation(cancellationToken))
        {
            _lastEventNano = message.TimeNano > 0 ? message.TimeNano : _lastEventNano;
            index.Apply(message);
        }
    }

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            bool taken;
            do
            {
                index.BeginList();
                taken = index.EndList(await Limited(engine.ListAsync, cancellationToken));
            }
            while (!taken);

            if (_lossTold)
                Found(logger, index.Current.Count);
            _lossTold = false;
            learner.LearnMissing();

            using var wait = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(_listWanted.Reader.WaitToReadAsync(wait.Token).AsTask(), Task.Delay(ListInterval, time, wait.Token));
            await wait.CancelAsync();
            await Task.Delay(ListPause, time, cancellationToken);
            _listWanted.Reader.TryRead(out _);
        }
    }

    private async Task Limited(Func<CancellationToken, Task> ask, CancellationToken cancellationToken) =>
        await Limited(async token => { await ask(token); return true; }, cancellationToken);

    /// <summary>
    /// Gives up after <see cref="AnswerLimit"/>. The token of a stream must outlive the call, so for one <paramref name="outlives"/> is
    /// cancelled instead.
    /// </summary>
    private async Task<T> Limited<T>(
        Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken, CancellationTokenSource? outlives = null)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var chained = outlives is null ? default : limit.Token.Register(outlives.Cancel);
        try
        {
            return await ask(outlives?.Token ?? both.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw new TimeoutException($"The engine did not answer within {AnswerLimit.TotalSeconds:0} s.");
        }
    }

    private void TellLoss(Exception fault)
    {
        if (!_lossTold)
            Lost(logger, LogText.Escape(ConnectionFault.Describe(fault)));
        _lossTold = true;
    }

    [LoggerMessage(401, LogLevel.Warning, "The index of containers lost the engine: {Reason}; trying again until it is back")]
    private static partial void Lost(ILogger logger, string reason);

    [LoggerMessage(402, LogLevel.Information, "The index of containers is complete again: {Count} containers")]
    private static partial void Found(ILogger logger, int count);

    [LoggerMessage(403, LogLevel.Information, "The engine is another process than before (pid {Pid})")]
    private static partial void EngineReplaced(ILogger logger, int? pid);
}
