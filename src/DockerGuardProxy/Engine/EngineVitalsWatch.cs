using Microsoft.Extensions.Hosting;

namespace DockerGuardProxy.Engine;

/// <summary>Looks at the engine's process now and then, beside the way of calls. What it reads is one volatile swap.</summary>
internal sealed class EngineVitalsWatch(
    IEngineApi engine, IEngineIdentity identity, EngineVitalsReader reader, TimeProvider time) : BackgroundService
{
    /// <summary>From the end of a look to the next: the usual pace of a scrape.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    /// <summary>An engine whose info takes longer says enough by that: what it said before stays, but for its goroutines.</summary>
    internal static readonly TimeSpan InfoLimit = TimeSpan.FromSeconds(10);

    private volatile EngineVitals _vitals = EngineVitals.Unknown;
    private volatile EngineInfo? _info;
    private EngineInstance? _instance;
    private Task<EngineInfo>? _asking;
    private long _restarts;

    /// <summary>The last look.</summary>
    public EngineVitals Vitals => _vitals;

    /// <summary>What it last said of itself; null before it first did.</summary>
    public EngineInfo? Info => _info;

    /// <summary>How often it was another process than at the look before.</summary>
    public long Restarts => Interlocked.Read(ref _restarts);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await Task.WhenAll(Task.Run(Look, stoppingToken), AskAsync(stoppingToken));
            await Task.Delay(Period, time, stoppingToken);
        }
    }

    private void Look()
    {
        var instance = identity.Read();
        if (instance is not null)
        {
            if (_instance is not null && instance != _instance)
                Interlocked.Increment(ref _restarts);
            _instance = instance;
        }

        _vitals = reader.Read(instance);
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        // One question at a time, however long it takes: a hung handler of dockerd's does not end when its client leaves, so asking again
        // and again would cost the engine the very thing that the guard is there to save.
        _asking ??= engine.InfoAsync(cancellationToken);
        try
        {
            _info = await _asking.WaitAsync(InfoLimit, time, cancellationToken);
            _asking = null;
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Down, hung or busy: the watch of its events says so. Goroutines of long ago would mislead.
            if (_asking is { IsCompleted: true })
                _asking = null;
            _info = _info is { } known ? known with { Goroutines = null } : null;
        }
    }
}
