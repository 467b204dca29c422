namespace DockerGuardProxy.Listen;

/// <summary>Whoever speaks to the engine for one client: told of what the connection alone sees.</summary>
internal interface IClientExchange
{
    /// <summary>The client has ended its sending side, and can still read.</summary>
    public void OnInputEnded();

    /// <summary>The client can read no more.</summary>
    public void OnLeft();

    /// <summary>The connection is to be cut.</summary>
    public void OnCut();
}
