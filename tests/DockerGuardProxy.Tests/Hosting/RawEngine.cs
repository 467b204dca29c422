using System.Net.Sockets;
using Xunit;

namespace DockerGuardProxy.Tests.Hosting;

/// <summary>An engine's socket of which the test is the engine.</summary>
internal sealed class RawEngine : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly List<RawPeer> _accepted = [];

    public RawEngine(string path, int backlog = 100)
    {
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(backlog);
    }

    /// <summary>True while nobody waits to be accepted.</summary>
    public bool IsQuiet => !_listener.Poll(0, SelectMode.SelectRead);

    /// <summary>The proxy's next connection.</summary>
    public async Task<RawPeer> AcceptAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        var peer = new RawPeer(await _listener.AcceptAsync(limit.Token));
        _accepted.Add(peer);
        return peer;
    }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var peer in _accepted) peer.Dispose();
    }
}
