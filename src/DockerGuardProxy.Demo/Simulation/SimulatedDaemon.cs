namespace DockerGuardProxy.Demo.Simulation;

/// <summary>
/// dockerd's treatment of containers, without HTTP: what its calls do, in which order, and how long they wait. Errors are
/// <see cref="EngineException"/>s. No call ends because its caller has left: dockerd's don't (moby daemon/stop.go, kill.go), in any version.
/// </summary>
internal sealed class SimulatedDaemon
{
    // Host pids of containers; above those that a small node's own processes have.
    private const int FirstPid = 4100, PidsPerContainer = 10;

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
