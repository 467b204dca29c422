using DockerGuardProxy.Engine;
using Xunit;

namespace DockerGuardProxy.Tests.Hosting;

/// <summary>Tests through the running proxy, with one client connected and the test as the engine.</summary>
public abstract class ProxiedTests : IAsyncLifetime
{
    private readonly TimeProvider _time;
    private readonly ListedContainer[] _known;

    private protected ProxiedTests(TimeProvider? time = null, params ListedContainer[] known)
    {
        _time = time ?? TimeProvider.System;
        _known = known;
    }

    private protected ProxyRig Rig { get; private set; } = null!;

    /// <summary>The engine's side; a test may put another in its place.</summary>
    private protected RawEngine Engine { get; set; } = null!;

    private protected RawPeer Client { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Rig = await ProxyRig.StartAsync(_time);
        if (_known.Length > 0) Rig.Know(_known);
        Engine = Rig.NewEngine();
        Client = await Rig.ConnectAsync();
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Client.Dispose();
        Engine.Dispose();
        await Rig.DisposeAsync();
    }
}
