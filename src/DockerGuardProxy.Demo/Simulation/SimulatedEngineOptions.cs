namespace DockerGuardProxy.Demo.Simulation;

/// <summary>Which engine is simulated.</summary>
internal sealed record SimulatedEngineOptions
{
    /// <summary>dockerd 20.10.5, the newest in Debian 11: whoever waits for an exit waits for ever.</summary>
    public static SimulatedEngineOptions Leaky { get; } = new() { Version = "20.10.5", LeaksForEver = true };

    /// <summary>dockerd 20.10.24, as all since 20.10.10: gives up, but holds each call for t + 14 s.</summary>
    public static SimulatedEngineOptions GivingUp { get; } = new() { Version = "20.10.24" };

    public required string Version { get; init; }

    public string ApiVersion { get; init; } = "1.41";

    /// <summary>Up to 20.10.9: daemon.Kill waits without a limit.</summary>
    public bool LeaksForEver { get; init; }

    /// <summary>How long runc takes to send a signal. The container's lock is held as long (moby daemon/kill.go, killWithSignal).</summary>
    public TimeSpan SignalTime { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told of the containers' processes; null for nobody.</summary>
    public IContainerProcesses? Processes { get; init; }
}
