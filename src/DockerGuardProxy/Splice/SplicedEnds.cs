using System.Net.Sockets;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Streams;

namespace DockerGuardProxy.Splice;

/// <summary>Both ends of a stream in the splice lane.</summary>
/// <param name="engine">The engine's connection.</param>
/// <param name="send">Sends to the client.</param>
internal sealed class SplicedEnds(Socket engine, Func<ReadOnlyMemory<byte>, ValueTask> send) : IStreamEnds
{
    /// <inheritdoc/>
    public bool HasMore => engine.Available > 0;

    /// <inheritdoc/>
    public async ValueTask WaitAsync()
    {
        // Again where it ends for nothing: what follows takes a buffer, and holds it until something comes.
        do await engine.WaitReadableAsync();
        while (engine.Look() == InputState.Nothing);
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(Memory<byte> buffer) => engine.ReceiveAsync(buffer, SocketFlags.None);

    /// <inheritdoc/>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => send(bytes);

    /// <inheritdoc/>
    public void CloseEngine() => engine.Dispose();
}
