using System.Net.Sockets;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Streams;

namespace DockerGuardProxy.Http;

/// <summary>The two ends of a <see cref="Tunnel"/>. What Kestrel has written of the answer's head is with the kernel by then.</summary>
/// <param name="source">What the engine sends, behind the head; some of it may have been read along with that.</param>
/// <param name="engine">The engine's connection.</param>
/// <param name="client">The client's socket.</param>
/// <param name="watched">The call's place among those that are watched; null for others.</param>
/// <param name="gone">Fires when the client can read no more.</param>
internal sealed class TunnelEnds(Stream source, Socket engine, Socket client, ClientStream? watched, CancellationToken gone) : IStreamEnds
{
    /// <inheritdoc/>
    public bool HasMore => engine.Available > 0;

    /// <summary>By a read of no bytes, which also sees what was read along with the head.</summary>
    public async ValueTask WaitAsync() => _ = await source.ReadAsync(Memory<byte>.Empty, gone);

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer) => source.ReadAsync(buffer, gone);

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => watched?.SendAsync(bytes) ?? client.SendAllAsync(bytes);

    /// <inheritdoc/>
    public void CloseEngine() => engine.Dispose();
}
