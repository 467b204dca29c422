using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Hosting;

/// <summary>
/// A service beside the way of calls that does not end unseen. One that ends before it is told to, with an exception or without, is counted,
/// logged once, and started again after a pause that grows while it keeps ending.
/// </summary>
/// <remarks>
/// The host itself knows two ways with such a service: to end the process, and with it the node's way to its engine, or to let it go. Only
/// the first start may fail, and fails the process's.
/// </remarks>
/// <param name="service">The service. Its <see cref="BackgroundService.StartAsync"/> is called again for each start; disposed by its owner.</param>
/// <param name="faults">Counts each end.</param>
/// <param name="time">Measures pauses.</param>
/// <param name="logger">Told of the first end, and of the return.</param>
internal sealed class SupervisedService(BackgroundService service, FaultCount faults, TimeProvider time, ILogger<SupervisedService> logger)
    : IHostedService, IDisposable
{
    /// <summary>After this time without an end it works: the next end is a new fault.</summary>
    internal static readonly TimeSpan Proven = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly RetryPause _pause = new(Random.Shared.NextDouble);
    private readonly string _name = service.GetType().Name;
    private Task _supervising = Task.CompletedTask;
    private int _ends;
    private bool _disposed;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await service.StartAsync(cancellationToken);
        _supervising = SuperviseAsync(cancellationToken, _stopping.Token);
    }

    /// <inheritdoc/>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _supervising;
        await service.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;

        // A host that could not start stops nobody: it disposes, of this before the service.
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task SuperviseAsync(CancellationToken starting, CancellationToken stopping)
    {
        while (true)
        {
            var fault = await EndAsync(stopping);

            // A start that is given up ends those that have started already, by its own token.
            if (stopping.IsCancellationRequested || starting.IsCancellationRequested)
                return;
            faults.Add();
            if (_ends++ == 0)
                HostingLog.ServiceEnded(logger, _name, fault);
            await Task.Delay(_pause.Next(LongestPause), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
                return;
            try
            {
                await service.StartAsync(stopping);
            }
            catch (Exception) when (!stopping.IsCancellationRequested)
            {
                // The task of the start before has ended: it is met as another end.
            }
        }
    }

    /// <summary>Waits for its end, and tells once that it works again. What it ended with; null if it just returned.</summary>
    private async Task<Exception?> EndAsync(CancellationToken cancellationToken)
    {
        try
        {
            var end = service.ExecuteTask ?? Task.CompletedTask;
            if (_ends > 0)
            {
                await Task.WhenAny(end, Task.Delay(Proven, time, cancellationToken));
                if (!end.IsCompleted && !cancellationToken.IsCancellationRequested)
                {
                    HostingLog.ServiceBack(logger, _name, _ends);
                    _ends = 0;
                    _pause.Reset();
                }
            }

            await end.WaitAsync(cancellationToken);
            return null;
        }
        catch (Exception fault)
        {
            return fault;
        }
    }
}
