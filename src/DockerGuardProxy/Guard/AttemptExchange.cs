using System.Net.Sockets;
using DockerGuardProxy.Forward;

namespace DockerGuardProxy.Guard;

/// <summary>Sends one terminating call on a connection of its own, once.</summary>
/// <param name="dialer">Opens the connection.</param>
/// <param name="request">Head and body.</param>
/// <param name="mayBeSent">
/// Asked when the connection stands, for it may have taken long: a stop must not reach a later run than it was meant for.
/// </param>
internal sealed class AttemptExchange(EngineDialer dialer, ReadOnlyMemory<byte> request, Func<bool> mayBeSent) : IEngineExchange
{
    private bool _sent;

    /// <inheritdoc/>
    public bool WatchesAnswer => false;

    /// <summary>Opens the connection.</summary>
    /// <exception cref="IOException">The call was sent before.</exception>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        ThrowIfSent();
        return new EngineStream(await dialer.DialAsync(static () => { }, cancellationToken), this);
    }

    /// <inheritdoc/>
    public async ValueTask SendHeadAsync(EngineStream stream, CancellationToken cancellationToken)
    {
        ThrowIfSent();
        if (!mayBeSent()) throw new IOException("The container's run ended before the engine took the call.");
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
        if (_sent) throw new IOException("the connection was lost before it answered");
    }
}
