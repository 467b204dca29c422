using Microsoft.AspNetCore.Hosting.Server;

namespace DockerGuardProxy.Listen;

/// <summary>What answers the clients' calls.</summary>
internal interface IClientApplication
{
    /// <summary>Has <paramref name="server"/> hand its requests over from now on.</summary>
    public Task StartAsync(IServer server, CancellationToken cancellationToken);

    /// <summary>A client has connected. What is returned speaks to the engine for it, and ends with the connection.</summary>
    public IClientExchange Begin(ClientConnection client);
}
