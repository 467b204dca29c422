using Microsoft.AspNetCore.Hosting.Server;

namespace DockerGuardProxy.Listen;

/// <summary>What answers the clients' calls.</summary>
internal interface IClientApplication
{
    /// <summary>Has <paramref name="server"/> hand its requests over from now on.</summary>
    public Task StartAsync(IServer server, CancellationToken cancellationToken);

    /// <summary>Serves a client until its connection ends.</summary>
    /// <param name="client">The connection.</param>
    /// <param name="http">Kestrel's HTTP layers, for calls that must be understood.</param>
    public Task ServeAsync(ClientConnection client, HttpLayers http);
}
