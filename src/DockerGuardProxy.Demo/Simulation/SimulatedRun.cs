namespace DockerGuardProxy.Demo.Simulation;

/// <summary>One life of a container. Changed only by its <see cref="SimulatedContainer"/>, under that one's lock.</summary>
internal sealed class SimulatedRun(int pid, DateTimeOffset startedAt)
{
    /// <summary>Of process 1, in the engine's own PID namespace.</summary>
    public int Pid { get; } = pid;

    public DateTimeOffset StartedAt { get; } = startedAt;

    /// <summary>A task sleeps uninterruptibly: signals stay pending.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>Signals that came since.</summary>
    public HashSet<int> Pending { get; } = [];

    /// <summary>The engine has frozen its cgroup.</summary>
    public bool IsPaused { get; set; }

    /// <summary>What is on its way to those who have attached.</summary>
    public List<Task> Streams { get; } = [];

    /// <summary>Completed when its process has first found no room for what it writes, because a client does not read.</summary>
    public TaskCompletionSource Blocked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completed when its last process has ended. The engine learns of it later.</summary>
    public TaskCompletionSource Exited { get; } = new();

    /// <summary>
    /// Completed when the engine has dealt with the exit. Whoever waits goes on in place, on the thread that ended it: tests on a clock of
    /// their own see everything that follows.
    /// </summary>
    public TaskCompletionSource Ended { get; } = new();
}

/// <summary>An exit to come.</summary>
/// <param name="Run">Of which run.</param>
/// <param name="Code">Exit code.</param>
/// <param name="Delay">In how long.</param>
internal sealed record ContainerExit(SimulatedRun Run, int Code, TimeSpan Delay);
