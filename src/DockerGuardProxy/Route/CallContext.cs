using DockerGuardProxy.Calls;
using DockerGuardProxy.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Route;

/// <summary>A call on its way, reused from call to call of one connection.</summary>
internal sealed class CallContext(IFeatureCollection features, EngineLink link)
{
    private LongCall? _longCall;
    private Caller? _caller;

    /// <summary>The call as Kestrel has read it.</summary>
    public DefaultHttpContext Http { get; } = new(features);

    /// <summary>Its client's way to the engine.</summary>
    public EngineLink Link { get; } = link;

    /// <summary>Its place among the watched calls.</summary>
    public LongCall LongCall => _longCall ??= new LongCall();

    /// <summary>Who has made it.</summary>
    public Caller Caller => _caller ??= new Caller(Link.Client, tell: null);
}
