using DockerGuardProxy.Calls;
using DockerGuardProxy.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Route;

/// <summary>A call on its way, used again for a next call of its connection.</summary>
internal sealed class CallContext(IFeatureCollection features, IEngineWay way)
{
    private LongCall? _longCall;
    private Caller? _caller;
    private ToldCall? _told;

    /// <summary>The call as Kestrel has read it.</summary>
    public DefaultHttpContext Http { get; } = new(features);

    /// <summary>Its client's way to the engine.</summary>
    public IEngineWay Way { get; } = way;

    /// <summary>Its place among the watched calls.</summary>
    public LongCall LongCall => _longCall ??= new LongCall();

    /// <summary>Who has made it.</summary>
    public Caller Caller => _caller ??= new Caller(
        () => Way.Peer, (call, serial, body) => Told?.TryTell(call, serial, body) == true);

    /// <summary>By what its caller may be told while it is with the engine; null while nobody can be.</summary>
    public ToldCall? Told
    {
        get => Volatile.Read(ref _told);
        set => Volatile.Write(ref _told, value);
    }
}
