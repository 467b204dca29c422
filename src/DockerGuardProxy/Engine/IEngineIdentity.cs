namespace DockerGuardProxy.Engine;

/// <summary>Tells which process the engine is now.</summary>
internal interface IEngineIdentity
{
    /// <summary>Null when it can't be told.</summary>
    public EngineInstance? Read();
}

/// <summary>One process of the engine: a pid alone may come again.</summary>
/// <param name="Pid">In our pid namespace.</param>
/// <param name="StartTime">Field 22 of <c>/proc/PID/stat</c>: clock ticks since boot, which no clock jump changes.</param>
internal readonly record struct EngineInstance(int Pid, long StartTime);
