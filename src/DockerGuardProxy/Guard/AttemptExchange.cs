using System.Net.Sockets;
using DockerGuardProxy.Forward;

namespace DockerGuardProxy.Guard;

/// <summary>Sends one terminating call on a connection of its own, once.</summary>
/// <param name="dialer">Opens the connection.</param>
/// <param name="request">Head and body.</param>
internal sealed class AttemptExchange(EngineDialer dialer, ReadOnlyMemory<byte> request) : IEngineExchange
{
    private bool _sent;

    /// <inheritdoc/>
    public bool WatchesAnswer => false;

    /// <summary>Opens the connection.</summary>
    /// <exception cref="IOException">The call was sent before.</exception>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        ThrowIfSent();
        return new EngineStream(await dialer.DialAsync(cancellationToken), this);
    }

    /// <inheritdoc/>
    public async ValueTask SendHeadAsync(EngineStream stream, CancellationToken cancellationToken)
    {
        ThrowIfSent();
        _sent = true;
        for (var rest = request; !rest.IsEmpty;)
            rest = rest[await stream.Socket.SendAsync(rest, SocketFlags.None, cancellationToken)..];
    }

    /// <inheritdoc/>
    public void OnAnswerBytes(ReadOnlySpan<byte> bytes)
    {
    }

    private void ThrowIfSent()
    {
        if (_sent) throw new IOException("The connection to the engine was lost before it answered.");
    }
}
