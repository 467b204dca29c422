namespace DockerGuardProxy.Demo.Simulation;

/// <summary>
/// What dockerd does to end a container, wait by wait (moby daemon/stop.go, kill.go, monitor.go, container/state.go at 20.10.5 and 20.10.24).
/// </summary>
internal sealed class StopPath(SimulatedEngineOptions options, EngineCounters counters, EventLog events)
{
    private const int DefaultStopTimeout = 10;

    private static readonly TimeSpan BeforeDirectKill = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AfterDirectKill = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AfterFailedKill = TimeSpan.FromSeconds(2);

    // What a timer takes; no test and no demo waits longer.
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(45);

    /// <summary>An exit has been dealt with.</summary>
    public event Action<SimulatedContainer>? Exited;

    /// <summary>daemon.containerStop: stop signal, wait, kill.</summary>
    public async Task StopAsync(SimulatedContainer container, long? seconds)
    {
        if (container.Run is not { } run) return;
        var limit = Limit(seconds ?? container.Spec.StopTimeout ?? DefaultStopTimeout);
        try
        {
            await SignalAsync(container, container.StopSignal);
        }
        catch (EngineException)
        {
            // It has just exited: the wait below ends at once.
        }

        if (!await WaitAsync(run, limit))
        {
            try
            {
                await KillAsync(container);
            }
            catch (EngineException)
            {
                // A last chance before the error is told.
                if (!await WaitAsync(run, AfterFailedKill)) throw;
            }
        }

        events.Add(container, "stop");
    }

    /// <summary>daemon.Kill: SIGKILL through the runtime, then straight to the process, then the wait that leaks.</summary>
    public async Task KillAsync(SimulatedContainer container)
    {
        if (container.Run is not { } run) throw EngineException.NotRunning(container.Id);
        await SignalAsync(container, Signals.Kill);
        if (await WaitAsync(run, BeforeDirectKill)) return;

        // kill(2) by the engine itself: no lock, no event.
        Deliver(container, Signals.Kill);
        if (!await WaitAsync(run, options.LeaksForEver ? null : AfterDirectKill))
            throw new EngineException(500, "tried to kill container, but did not receive an exit event");
    }

    /// <summary>daemon.killWithSignal: under the container's lock.</summary>
    public async Task SignalAsync(SimulatedContainer container, int signal)
    {
        ContainerExit? exit;
        await container.EngineLock.WaitAsync();
        try
        {
            if (!container.IsRunning) throw EngineException.NotRunning(container.Id);
            await container.ShimAnswers;
            if (options.SignalTime > TimeSpan.Zero) await Task.Delay(options.SignalTime, options.Time);
            exit = container.Signal(signal);
            if (exit is null) options.Processes?.Signalled(container, signal);
            events.Add(container, "kill", ("signal", $"{signal}"));
        }
        finally
        {
            container.EngineLock.Release();
        }

        if (exit is not null) Exit(container, exit);
    }

    /// <summary>Ends a run, at once or later.</summary>
    public void Exit(SimulatedContainer container, ContainerExit exit) => _ = ExitAsync(container, exit);

    private async Task ExitAsync(SimulatedContainer container, ContainerExit exit)
    {
        // 1. The process.
        if (exit.Delay > TimeSpan.Zero) await Task.Delay(exit.Delay, options.Time);
        if (!exit.Run.Exited.TrySetResult()) return;
        options.Processes?.Ended(container);

        // 2. The engine: it waits under the lock, without a limit, until all who have attached have taken what the process wrote.
        await container.EngineLock.WaitAsync();
        try
        {
            await container.StreamsEnd(exit.Run);
            container.End(exit.Code, options.Time.GetUtcNow());
            events.Add(container, "die", ("exitCode", $"{exit.Code}"));
        }
        finally
        {
            container.EngineLock.Release();
        }

        exit.Run.Ended.SetResult();
        Exited?.Invoke(container);
    }

    private void Deliver(SimulatedContainer container, int signal)
    {
        if (container.Signal(signal) is { } exit)
            Exit(container, exit);
        else
            options.Processes?.Signalled(container, signal);
    }

    /// <summary>container.Wait; true if the run has ended within the limit, null for none.</summary>
    private async Task<bool> WaitAsync(SimulatedRun run, TimeSpan? limit)
    {
        if (run.Ended.Task.IsCompleted) return true;
        counters.BeginWait();
        try
        {
            await run.Ended.Task.WaitAsync(limit ?? Timeout.InfiniteTimeSpan, options.Time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
        finally
        {
            counters.EndWait();
        }
    }

    /// <summary>Go's Duration overflows without a word: what wraps below zero has passed at once.</summary>
    private static TimeSpan? Limit(long seconds)
    {
        if (seconds < 0) return null;
        var nanoseconds = unchecked(seconds * 1_000_000_000);
        var limit = TimeSpan.FromTicks(Math.Max(0, nanoseconds / 100));
        return limit > LongestWait ? LongestWait : limit;
    }
}
