using System.Threading.Channels;
using DockerGuardProxy.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Engine;

/// <summary>
/// Learns a container's StopTimeout, StopSignal and init pid by one inspect per run, and which execs run where many seem to, beside the way of
/// calls. An inspect takes the container's lock in the engine, so it is asked only while no terminating call of the container is open, has a time
/// limit, and is not repeated in that run. After a few that hung it is not asked at all any more until the engine restarts: each may have cost the
/// engine two goroutines for good.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="index">Gets what is learned.</param>
/// <param name="mayInspect">Given a full id: false while a terminating call of that container is open. Must not block.</param>
/// <param name="time">For the limit.</param>
/// <param name="logger">For the one line when it gives up.</param>
internal sealed partial class ContainerLearner(
    IEngineApi engine, ContainerIndex index, Func<string, bool> mayInspect, TimeProvider time, ILogger<ContainerLearner> logger)
    : BackgroundService, IContainerEvents
{
    /// <summary>How long an inspect may take.</summary>
    internal static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>At most this many at a time.</summary>
    internal const int Workers = 2;

    /// <summary>At most this many may hang before no more are asked; of those about execs so many again.</summary>
    internal const int MaxHung = 3;

    /// <summary>From one question about the execs of a container to the next: they come and go, and each question takes its lock.</summary>
    internal static readonly TimeSpan ExecsPause = TimeSpan.FromMinutes(1);

    private readonly Channel<Question> _wanted = Channel.CreateUnbounded<Question>();
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _asked = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _execsAsked = new(StringComparer.Ordinal);
    private int _hung;
    private int _execsHung;

    /// <summary>Asks for one container. Does nothing if it was asked for in this run, or nothing is missing.</summary>
    private void Learn(Container container)
    {
        if (!container.Running || container.IsFullyKnown)
            return;
        lock (_gate)
        {
            if (_hung >= MaxHung || (_asked.TryGetValue(container.Id, out var run) && run == container.Run))
                return;
            _asked[container.Id] = container.Run;
        }

        _wanted.Writer.TryWrite(new(container.Id, container.Run, IsOfExecs: false));
    }

    /// <summary>Asks which execs of a container run. Does nothing if that was asked within <see cref="ExecsPause"/>.</summary>
    public void LearnExecs(string id)
    {
        lock (_gate)
        {
            if (_execsHung >= MaxHung || (_execsAsked.TryGetValue(id, out var asked) && time.GetElapsedTime(asked) < ExecsPause))
                return;
            _execsAsked[id] = time.GetTimestamp();
        }

        _wanted.Writer.TryWrite(new(id, 0, IsOfExecs: true));
    }

    /// <summary>
    /// Asks for every running container of which something is missing and that was not asked for in its run. After an engine's restart
    /// that is each one: runs that live-restore kept did not begin anew.
    /// </summary>
    public void LearnMissing()
    {
        foreach (var container in index.Current.Containers)
            Learn(container);
    }

    public void RunStarted(Container container) => Learn(container);

    public void RunEnded(Container container)
    {
    }

    public void Renamed(Container container, string? formerName)
    {
    }

    public void Removed(Container container)
    {
        lock (_gate)
        {
            _asked.Remove(container.Id);
            _execsAsked.Remove(container.Id);
        }
    }

    public void Killed(Container container, string? signal, DateTimeOffset at)
    {
    }

    /// <summary>Whatever hung has ended with the old engine.</summary>
    public void EngineRestarted()
    {
        lock (_gate)
        {
            _hung = _execsHung = 0;
            _asked.Clear();
            _execsAsked.Clear();
        }
    }

    // A worker that fails ends the other one too, and so the service: half of one would not be seen.
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Parallel.ForEachAsync(
        _wanted.Reader.ReadAllAsync(stoppingToken),
        new ParallelOptions { MaxDegreeOfParallelism = Workers, CancellationToken = stoppingToken },
        WorkAsync);

    private async ValueTask WorkAsync(Question question, CancellationToken stoppingToken)
    {
        if (index.Find(question.Id) is { Running: true } container
            && (question.IsOfExecs || (!container.IsFullyKnown && container.Run == question.Run))
            && mayInspect(question.Id) && !GaveUp(question))
        {
            await AskAsync(question, stoppingToken);
        }
    }

    private async Task AskAsync(Question question, CancellationToken stoppingToken)
    {
        var id = question.Id;
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, limit.Token);
        try
        {
            if (question.IsOfExecs)
                index.Execs.Keep(id, await engine.ExecsAsync(id, both.Token) ?? []);
            else if (await engine.InspectAsync(id, both.Token) is { } found)
                index.Learned(found, question.Run);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            lock (_gate)
            {
                if (question.IsOfExecs)
                    _execsHung++;
                else
                    _hung++;
            }

            if (!question.IsOfExecs)
                Hung(logger, ShortId.Of(id));
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            // The engine is gone, answered nonsense or was given up by the client: unknown stays unknown in this run.
            Failed(logger, id, LogText.Escape(fault.Message, 400));
        }
    }

    private bool GaveUp(Question question)
    {
        lock (_gate)
            return (question.IsOfExecs ? _execsHung : _hung) >= MaxHung;
    }

    /// <summary>What is to be asked.</summary>
    private readonly record struct Question(string Id, long Run, bool IsOfExecs);

    [LoggerMessage(404, LogLevel.Warning, "Inspect of {Container} did not answer; its stop timeout and signal stay unknown in this run")]
    private static partial void Hung(ILogger logger, string container);

    [LoggerMessage(405, LogLevel.Debug, "Inspect of {Container} failed: {Reason}")]
    private static partial void Failed(ILogger logger, string container, string reason);
}
