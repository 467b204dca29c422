using System.Net.Sockets;
using System.Runtime.CompilerServices;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Splice;

/// <summary>Passes on what the client sends for the calls of a <see cref="SpliceLane"/>, as it comes.</summary>
/// <param name="lane">The lane.</param>
/// <param name="client">The client.</param>
internal sealed class RequestWriter(SpliceLane lane, ClientConnection client)
{
    /// <summary>Bytes of a body from which on it is a long one: more than a Unix socket holds by default.</summary>
    private const long Long = 256 * 1024;

    private Turns _turn = new(Turns.OfSockets);

    /// <summary>Sends the call's head and its body, as it comes.</summary>
    /// <param name="buffer">The head, at its beginning, and what came with it.</param>
    /// <param name="length">Bytes of the head.</param>
    /// <param name="framing">How the end of the body is told.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendAsync(ClientBuffer buffer, int length, Framing framing)
    {
        // Taken once: where the connection ends meanwhile, it is closed, and that is how it is learned.
        if (lane.Engine is not { } engine) return;
        try
        {
            var upload = lane.Call.Stream is { Kind: StreamKind.Upload } stream ? stream : null;
            long body = -length;
            var count = length + framing.Follow(buffer.Bytes[length..]);
            while (true)
            {
                if (count > 0)
                {
                    await engine.SendAllAsync(buffer.Memory[..count]);
                    buffer.Consume(count);
                    if (body < Long && body + count >= Long) engine.KeepMore();
                    body += count;
                    if (upload is not null) upload.BodySent = body;
                }

                if (framing.IsComplete) return;
                if (framing.IsBroken) break;

                await _turn.YieldAfterAsync(count);

                // Before the engine's 100 it is the engine that is waited for.
                if (upload is not null && !lane.Call.WaitsFor100) await upload.WaitForInputAsync();
                else await client.Socket.WaitReadableAsync();
                if (await buffer.ReceiveAsync(client.Socket) == 0)
                {
                    client.OnInputEnded();
                    break;
                }

                count = framing.Follow(buffer.Bytes);
            }

            // What follows has no place: the engine is told that nothing does, and no next head is looked for.
            lane.LeaveOff();
            engine.EndSending();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The engine reads no further: its answer says why, and is on its way. Or the connection has ended.
            lane.LeaveOff();
        }
        finally
        {
            lane.OnSent();
        }
    }

    /// <summary>Copies what the client sends into a stream that the engine has granted, until either has ended.</summary>
    public async ValueTask SendStreamAsync(ClientBuffer buffer)
    {
        if (lane.Engine is not { } engine) return;
        try
        {
            while (true)
            {
                if (!buffer.IsEmpty)
                {
                    var count = buffer.Bytes.Length;
                    await engine.SendAllAsync(buffer.Memory);
                    buffer.Consume(count);
                    await _turn.YieldAfterAsync(count);
                }

                await client.Socket.WaitReadableAsync();
                if (await buffer.ReceiveAsync(client.Socket) == 0) break;
            }

            client.OnInputEnded();
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The engine reads no more, or the connection has ended: the other direction ends the stream.
            client.WatchForDeparture();
        }
    }
}
