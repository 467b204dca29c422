using System.Buffers;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Http;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Route;

/// <summary>Sends one terminating call on a connection of its own, once.</summary>
/// <param name="dialer">Opens the connection.</param>
/// <param name="request">Head and body. The body is dropped once it is sent: the call may stay open for ever.</param>
/// <param name="id">The full id to put in place of the name, or null to send the call as it came.</param>
/// <param name="mayBeSent">
/// Asked if the engine's backlog was full and the connection took long: a stop that nobody waits for must not reach a later run.
/// </param>
internal sealed class AttemptExchange(EngineDialer dialer, GuardedRequest request, string? id, Func<bool> mayBeSent) : IEngineExchange
{
    private bool _sent;
    private bool _waited;

    /// <inheritdoc/>
    public bool WatchesAnswer => false;

    /// <summary>Opens the connection.</summary>
    /// <exception cref="IOException">The call was sent before.</exception>
    public async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        ThrowIfSent();
        return new EngineStream(await dialer.DialAsync(() => _waited = true, cancellationToken), this);
    }

    /// <inheritdoc/>
    public async ValueTask SendHeadAsync(EngineStream stream, CancellationToken cancellationToken)
    {
        ThrowIfSent();
        if (_waited && !mayBeSent()) throw new IOException("The caller left and the container's run ended before the engine took the call.");
        _sent = true;
        await stream.SendAsync(Encode(request, id), cancellationToken);
        request.DropBody();
    }

    /// <inheritdoc/>
    public void OnAnswerBytes(ReadOnlySpan<byte> bytes)
    {
    }

    /// <summary>The bytes to send.</summary>
    /// <param name="request">The call.</param>
    /// <param name="id">The full id to put in place of the name, or null to send the call as it came.</param>
    internal static ReadOnlyMemory<byte> Encode(GuardedRequest request, string? id)
    {
        var writer = new ArrayBufferWriter<byte>(64 + request.Target.Length + request.Headers.Length + request.Body.Length);
        RequestHead.WriteLine(request.Method, id is null ? request.Target : ActionTarget.WithId(request.Method, request.Target, id), writer);
        writer.Write(request.Headers.Span);
        writer.Write(request.Body.Span);
        return writer.WrittenMemory;
    }

    private void ThrowIfSent()
    {
        if (_sent) throw new IOException("the connection was lost before it answered");
    }
}
