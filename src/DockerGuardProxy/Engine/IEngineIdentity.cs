namespace DockerGuardProxy.Engine;

/// <summary>Tells which process the engine is now.</summary>
internal interface IEngineIdentity
{
    /// <summary>Null when it can't be told.</summary>
    public EngineInstance? Read();
}
