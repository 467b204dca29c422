using DockerGuardProxy.Sockets;
using Microsoft.AspNetCore.Http;

namespace DockerGuardProxy.Http;

/// <summary>Where a call that must be understood comes from, and its way to the engine: one for each under way, used again for the next.</summary>
internal interface IEngineWay
{
    /// <summary>The engine's socket.</summary>
    public string EnginePath { get; }

    /// <summary>Who calls; asks the kernel.</summary>
    public PeerCredentials? Peer { get; }

    /// <summary>The target as it goes to the engine, if Kestrel has another.</summary>
    public string? TargetAsSent { get; }

    /// <summary>The value of Host as the client sent it, if Kestrel has another.</summary>
    public string? HostAsSent { get; }

    /// <summary>A head has come whole.</summary>
    public void BeginCall(HttpContext http);

    /// <summary>False for a call that can't be sent as it came; it is ended here.</summary>
    public bool Accepts(HttpContext http);

    /// <summary>The request is wholly taken up: its client may leave from now on, and whoever serves it learns so.</summary>
    public void Deliver();

    /// <summary>It is answered.</summary>
    public void EndCall();
}
