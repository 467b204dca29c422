namespace DockerGuardProxy.Listen;

/// <summary>Whoever speaks to the engine for one client: told of what only the connection sees, and disposed with it.</summary>
internal interface IClientExchange : IDisposable
{
    /// <summary>The client has ended its sending side.</summary>
    public void OnInputEnded();
}
