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
