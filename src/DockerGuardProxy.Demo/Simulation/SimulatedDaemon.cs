namespace DockerGuardProxy.Demo.Simulation;

/// <summary>
/// dockerd's treatment of containers, without HTTP: what its calls do, in which order, and how long they wait. Errors are
/// <see cref="EngineException"/>s. No call ends because its caller has left: dockerd's don't (moby daemon/stop.go, kill.go), in any version.
/// </summary>
internal sealed class SimulatedDaemon
{
    // Host pids of containers; above all that processes of this machine can have (PID_MAX_LIMIT, 2^22): some of those may be shown beside them.
    private const int FirstPid = 4_200_000, PidsPerContainer = 10;

    private readonly SimulatedEngineOptions _options;
    private readonly StopPath _stop;
    private int _runs;

    public SimulatedDaemon(SimulatedEngineOptions options)
    {
        _options = options;
        Events = new EventLog(options.Time);
        _stop = new StopPath(options, Counters, Events);
        _stop.Exited += container =>
        {
            if (container.Spec.AutoRemove) Destroy(container);
        };
    }

    public EngineCounters Counters { get; } = new();

    public ContainerStore Containers { get; } = new();

    public EventLog Events { get; }

    /// <summary><c>docker create</c>.</summary>
    public SimulatedContainer Create(ContainerSpec spec)
    {
        if (spec.StopSignal is { } signal) Signals.Parse(signal);
        var container = Containers.Add(spec, _options.Time.GetUtcNow());
        Events.Add(container, "create");
        return container;
    }

    /// <summary><c>docker start</c>; 304 if it runs.</summary>
    public async Task StartAsync(string reference)
    {
        var container = Containers.Get(reference);
        if (!await StartAsync(container))
            throw new EngineException(304, "Container is already started");
    }

    /// <summary><c>docker stop</c>; 304 if it does not run.</summary>
    /// <param name="reference">Id, name or prefix.</param>
    /// <param name="seconds">The query's <c>t</c>; null for the container's own.</param>
    public async Task StopAsync(string reference, long? seconds)
    {
        var container = Containers.Get(reference);
        if (!container.IsRunning)
            throw new EngineException(304, "Container is already stopped");
        try
        {
            await _stop.StopAsync(container, seconds);
        }
        catch (EngineException e)
        {
            throw new EngineException(500, $"cannot stop container: {reference}: {e.Message}");
        }
    }

    /// <summary><c>docker kill</c>; only SIGKILL waits for the exit.</summary>
    public async Task KillAsync(string reference, string? signal)
    {
        var number = string.IsNullOrEmpty(signal) ? Signals.Kill : Signals.Parse(signal);
        try
        {
            var container = Containers.Get(reference);
            await (number == Signals.Kill ? _stop.KillAsync(container) : _stop.SignalAsync(container, number));
        }
        catch (EngineException e)
        {
            throw new EngineException(e.Status, $"Cannot kill container: {reference}: {e.Message}");
        }
    }

    /// <summary><c>docker restart</c>.</summary>
    public async Task RestartAsync(string reference, long? seconds)
    {
        var container = Containers.Get(reference);
        try
        {
            if (container.IsRunning) await _stop.StopAsync(container, seconds);
            await StartAsync(container);
        }
        catch (EngineException e)
        {
            throw new EngineException(500, $"Cannot restart container {reference}: {e.Message}");
        }

        Events.Add(container, "restart");
    }

    /// <summary><c>docker rm</c>; 409 while another one is under way.</summary>
    public async Task RemoveAsync(string reference, bool force)
    {
        var container = Containers.Get(reference);
        if (!container.TryBeginRemoval())
            throw new EngineException(409, $"removal of container {reference} is already in progress");
        try
        {
            if (container.IsRunning)
            {
                if (!force)
                {
                    throw new EngineException(
                        409,
                        $"You cannot remove a running container {container.Id}. Stop the container before attempting removal or force remove");
                }

                await KillForRemovalAsync(container);
            }

            Destroy(container);
        }
        finally
        {
            container.EndRemoval();
        }
    }

    /// <summary><c>docker rename</c>.</summary>
    public async Task RenameAsync(string reference, string name)
    {
        if (name.Length == 0) throw new EngineException(400, "Neither old nor new names may be empty");
        var container = Containers.Get(reference);
        await container.EngineLock.WaitAsync();
        try
        {
            var old = container.Name;
            Containers.Rename(container, name);
            Events.Add(container, "rename", ("oldName", old));
        }
        finally
        {
            container.EngineLock.Release();
        }
    }

    /// <summary><c>docker pause</c>: the shim is waited for under the container's lock (moby daemon/pause.go, containerPause).</summary>
    public async Task PauseAsync(string reference)
    {
        var container = Containers.Get(reference);
        await container.EngineLock.WaitAsync();
        try
        {
            if (!container.IsRunning) throw EngineException.NotRunning(container.Id);
            await container.ShimAnswers;
            if (!container.TryPause()) throw new EngineException(409, $"Container {container.Id} is already paused");
            Events.Add(container, "pause");
        }
        finally
        {
            container.EngineLock.Release();
        }
    }

    /// <summary>
    /// What inspect and all other looks at a container begin with: its lock is taken for a moment. Behind one that hangs they wait for ever.
    /// </summary>
    public async Task<SimulatedContainer> LookAsync(string reference)
    {
        var container = Containers.Get(reference);
        await container.EngineLock.WaitAsync();
        container.EngineLock.Release();
        return container;
    }

    /// <summary><c>docker top</c>: asks the shim, whether or not its caller is still there (moby daemon/top_unix.go).</summary>
    public async Task<SimulatedContainer> TopAsync(string reference)
    {
        var container = await LookAsync(reference);
        if (!container.IsRunning) throw EngineException.NotRunning(container.Id);
        await container.ShimAnswers;
        return container;
    }

    /// <summary>
    /// <c>docker stats</c>: behind the lock it waits for ever, for the shim only as long as its caller (moby daemon/stats.go). That one collector
    /// asks for all containers one after the other, and hangs for all in one shim, is left out.
    /// </summary>
    public async Task<SimulatedContainer> StatsAsync(string reference, CancellationToken cancellationToken)
    {
        var container = await LookAsync(reference);
        await container.ShimAnswers.WaitAsync(cancellationToken);
        return container;
    }

    /// <summary>
    /// <c>docker attach</c>, after <see cref="LookAsync"/>: copies what the container writes until its run ends, or the client has left. Whoever
    /// does not read keeps the engine from ending the run.
    /// </summary>
    public static async Task AttachAsync(SimulatedContainer container, Stream client, CancellationToken cancellationToken)
    {
        if (container is not { Spec.Writes: true, Run: { } run }) return;

        // Known before its first byte: an exit waits for it from then on.
        var ended = new TaskCompletionSource();
        container.Attach(run, ended.Task);
        try
        {
            await AttachedOutput.CopyAsync(run, client, cancellationToken);
        }
        finally
        {
            ended.SetResult();
        }
    }

    /// <summary>The container's shim answers no more, as one that SIGSTOP has stopped.</summary>
    public void StopShim(string reference) => Containers.Get(reference).StopShim();

    /// <summary>It goes on, with all that it was asked meanwhile.</summary>
    public void ContinueShim(string reference) => Containers.Get(reference).ContinueShim();

    /// <summary>A task of the container enters uninterruptible sleep, as on a file system whose server or disk is gone.</summary>
    public void Freeze(string reference)
    {
        var container = Containers.Get(reference);
        container.Freeze();
        _options.Processes?.Frozen(container);
    }

    /// <summary>It leaves it, and takes the signals that have come since.</summary>
    public void Thaw(string reference)
    {
        var container = Containers.Get(reference);
        var exit = container.Thaw();
        if (exit is null)
            _options.Processes?.Thawed(container);
        else
            _stop.Exit(container, exit);
    }

    private async Task<bool> StartAsync(SimulatedContainer container)
    {
        await container.EngineLock.WaitAsync();
        try
        {
            var pid = FirstPid + (PidsPerContainer * Interlocked.Increment(ref _runs));
            if (!container.TryStart(pid, _options.Time.GetUtcNow())) return false;
            _options.Processes?.Started(container);
            Events.Add(container, "start");
            return true;
        }
        finally
        {
            container.EngineLock.Release();
        }
    }

    private async Task KillForRemovalAsync(SimulatedContainer container)
    {
        try
        {
            await _stop.KillAsync(container);
        }
        catch (EngineException e)
        {
            throw new EngineException(500, $"Could not kill running container {container.Id}, cannot remove - {e.Message}");
        }
    }

    private void Destroy(SimulatedContainer container)
    {
        if (Containers.Remove(container)) Events.Add(container, "destroy");
    }
}
