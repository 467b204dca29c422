using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Bench.Peers;

/// <summary>A proxy that is not ours, in front of an engine.</summary>
internal sealed class OtherProxy : IAsyncDisposable
{
    private OtherProxy(Peer peer) => Peer = peer;

    public Peer Peer { get; }

    /// <summary>HAProxy; <paramref name="mode"/> is one of bench/peers/haproxy.cfg.</summary>
    public static Task<OtherProxy> HaProxyAsync(string name, string mode, Dockerd engine)
    {
        var socket = Machine.NewPath("h") + ".sock";
        return StartAsync(
            name, socket, ["haproxy", "-db", "-p", socket + ".pid", "-f", Path.Combine(Machine.Repository, "bench/peers/haproxy.cfg")], new()
            {
                ["PEER_MODE"] = mode,
                ["ENGINE_SOCKET"] = engine.Socket,
                ["LISTEN_SOCKET"] = socket,
            });
    }

    /// <summary>Go's own reverse proxy.</summary>
    public static Task<OtherProxy> GoAsync(string name, Dockerd engine)
    {
        var socket = Machine.NewPath("g") + ".sock";
        return StartAsync(name, socket, [Path.Combine(Machine.Repository, "artifacts/bench/reverse_proxy"), socket, engine.Socket], []);
    }

    public async ValueTask DisposeAsync()
    {
        Peer.Daemon.Signal(9);
        await Peer.Daemon.WaitAsync(TimeSpan.FromSeconds(10));
        Peer.Daemon.Dispose();
    }

    private static async Task<OtherProxy> StartAsync(string name, string socket, string[] command, Dictionary<string, string> environment)
    {
        var proxy = new OtherProxy(new Peer(name, socket, Daemon.Start(socket + ".log", command, environment)));
        if (await Poll.UntilAsync(() => proxy.Peer.Daemon.HasExited || UnixSocket.Listens(socket), TimeSpan.FromSeconds(20), everyMs: 2) is not null
            && !proxy.Peer.Daemon.HasExited)
        {
            return proxy;
        }
        var log = proxy.Peer.Daemon.Tail();
        await proxy.DisposeAsync();
        throw new InvalidOperationException($"{name} did not start:\n{log}");
    }
}
