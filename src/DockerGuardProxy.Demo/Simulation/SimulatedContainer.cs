namespace DockerGuardProxy.Demo.Simulation;

/// <summary>
/// A container and its processes, apart from how the engine treats them. All that changes is changed behind one lock, which is never held
/// across a wait.
/// </summary>
/// <param name="spec">What it was created from.</param>
/// <param name="id">64 hexadecimal digits.</param>
/// <param name="name">With its slash.</param>
/// <param name="createdAt">When.</param>
internal sealed class SimulatedContainer(ContainerSpec spec, string id, string name, DateTimeOffset createdAt)
{
    private readonly Lock _gate = new();
    private SimulatedRun? _run;
    private TaskCompletionSource? _stoppedShim;
    private bool _isBeingRemoved;

    public ContainerSpec Spec { get; } = spec;

    public string Id { get; } = id;

    public string Name { get; set; } = name;

    public DateTimeOffset CreatedAt { get; } = createdAt;

    /// <summary>
    /// The engine's lock of this container (moby container.Lock): held while a signal is sent, an exit is dealt with, a start or a pause goes on,
    /// and by all that look at it.
    /// </summary>
    public SemaphoreSlim EngineLock { get; } = new(1, 1);

    /// <summary>The present run, or null.</summary>
    public SimulatedRun? Run
    {
        get { lock (_gate) return _run; }
    }

    public bool IsRunning => Run is not null;

    public bool IsFrozen
    {
        get { lock (_gate) return _run?.IsFrozen ?? false; }
    }

    public bool IsPaused
    {
        get { lock (_gate) return _run?.IsPaused ?? false; }
    }

    /// <summary>Completed as soon as the container's shim answers: mostly at once.</summary>
    public Task ShimAnswers
    {
        get { lock (_gate) return _stoppedShim?.Task ?? Task.CompletedTask; }
    }

    /// <summary>Null before the first exit.</summary>
    public DateTimeOffset? FinishedAt { get; private set; }

    public int ExitCode { get; private set; }

    public int StopSignal => Spec.StopSignal is { } signal ? Signals.Parse(signal) : Signals.Term;

    /// <summary>moby container/state.go, StateString.</summary>
    public string State
    {
        get
        {
            lock (_gate)
            {
                return _run is not null
                    ? _run.IsPaused ? "paused" : "running"
                    : _isBeingRemoved ? "removing" : FinishedAt is null ? "created" : "exited";
            }
        }
    }

    /// <summary>Begins a run; false if there is one.</summary>
    public bool TryStart(int pid, DateTimeOffset now)
    {
        lock (_gate)
        {
            if (_run is not null) return false;
            _run = new SimulatedRun(pid, now);
            return true;
        }
    }

    /// <summary>Ends the present run.</summary>
    public void End(int exitCode, DateTimeOffset now)
    {
        lock (_gate)
        {
            _run = null;
            ExitCode = exitCode;
            FinishedAt = now;
        }
    }

    /// <summary>What a signal to process 1 leads to.</summary>
    public ContainerExit? Signal(int signal)
    {
        lock (_gate)
        {
            if (_run is null || _run.Exited.Task.IsCompleted) return null;
            if (!_run.IsFrozen) return Exit(_run, signal);
            _run.Pending.Add(signal);
            return null;
        }
    }

    /// <summary>Puts a task into uninterruptible sleep.</summary>
    public void Freeze()
    {
        lock (_gate)
        {
            if (_run is not null) _run.IsFrozen = true;
        }
    }

    /// <summary>Ends the sleep: pending signals are delivered, SIGKILL first as the kernel does.</summary>
    public ContainerExit? Thaw()
    {
        lock (_gate)
        {
            if (_run is not { IsFrozen: true } run) return null;
            run.IsFrozen = false;
            var exits = run.Pending.OrderBy(static signal => signal == Signals.Kill ? 0 : signal).Select(signal => Exit(run, signal));
            var exit = exits.FirstOrDefault(static exit => exit is not null);
            run.Pending.Clear();
            return exit;
        }
    }

    /// <summary>Freezes the run's cgroup; false if it is frozen, or there is no run.</summary>
    public bool TryPause()
    {
        lock (_gate)
        {
            if (_run is not { IsPaused: false } run) return false;
            return run.IsPaused = true;
        }
    }

    /// <summary>The shim answers no more, as one that was stopped by SIGSTOP.</summary>
    public void StopShim()
    {
        lock (_gate) _stoppedShim ??= new TaskCompletionSource();
    }

    /// <summary>It answers again, and what it was asked meanwhile.</summary>
    public void ContinueShim()
    {
        TaskCompletionSource? stopped;
        lock (_gate) (stopped, _stoppedShim) = (_stoppedShim, null);
        stopped?.SetResult();
    }

    /// <summary>Keeps what is on its way to somebody who has attached; all of it has to be there before the engine ends the run.</summary>
    public void Attach(SimulatedRun run, Task stream)
    {
        lock (_gate)
        {
            run.Streams.RemoveAll(static other => other.IsCompleted);
            run.Streams.Add(stream);
        }
    }

    /// <summary>Completed when nothing is on its way any more.</summary>
    public Task StreamsEnd(SimulatedRun run)
    {
        lock (_gate) return Task.WhenAll(run.Streams);
    }

    /// <summary>Marks it as being removed; false if it is so already.</summary>
    public bool TryBeginRemoval()
    {
        lock (_gate)
        {
            if (_isBeingRemoved) return false;
            return _isBeingRemoved = true;
        }
    }

    public void EndRemoval()
    {
        lock (_gate) _isBeingRemoved = false;
    }

    // Process 1 of a PID namespace gets only signals that it handles, and SIGKILL (pid_namespaces(7)).
    private ContainerExit? Exit(SimulatedRun run, int signal) => signal switch
    {
        Signals.Kill => new ContainerExit(run, 128 + Signals.Kill, TimeSpan.Zero),
        _ when signal == StopSignal && !Spec.IgnoresStopSignal => new ContainerExit(run, 0, Spec.ExitDelay),
        _ => null,
    };
}
