using System.Net.Sockets;
using DockerGuardProxy.Http;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Splice;
using Microsoft.AspNetCore.Connections;

namespace DockerGuardProxy.Route;

/// <summary>
/// A connection that begins with the preface of HTTP/2. Whether the engine speaks it, only the engine knows, and it may be another tomorrow: (1)
/// it is greeted on a connection of its own; (2) one that speaks none answers for itself, and what it says is the client's; (3) otherwise the
/// client's connection is one of HTTP/2.
/// </summary>
/// <remarks>
/// Of the client's bytes none but the preface, which is always the same, goes to the engine here: whatever an engine makes of it, it is no way
/// round the guard.
/// </remarks>
/// <param name="client">The connection.</param>
/// <param name="buffer">What has come from it: the preface, of which the end may be missing, and what follows.</param>
/// <param name="dialer">Opens the engine's.</param>
internal sealed class Http2Opening(ClientConnection client, ClientBuffer buffer, EngineDialer dialer)
{
    private const int PieceSize = 4096;

    private Socket? _engine;
    private bool _isClosed;

    /// <summary>Serves the connection until its end.</summary>
    /// <param name="http2">Kestrel's HTTP/2.</param>
    /// <exception cref="OperationCanceledException">The client has left.</exception>
    public async Task ServeAsync(ConnectionDelegate http2)
    {
        if (!await AskAsync()) return;

        using var link = new Http2Link(dialer, client);
        client.Features.Set(link);
        var lane = new Http2Lane(client, link.Streams, TimeProvider.System);
        lane.Put(buffer.Bytes);
        buffer.Drop();
        await lane.RunAsync(http2, client.OpenHttp2(lane, link.Streams));
    }

    /// <summary>Asks the engine, and has it answer where it speaks no HTTP/2.</summary>
    /// <returns>
    /// True if the connection is to go on in HTTP/2. Also where the engine can't be reached: its client reads so on each of its calls.
    /// </returns>
    /// <exception cref="OperationCanceledException">The client has left.</exception>
    public async Task<bool> AskAsync()
    {
        Socket engine;
        try
        {
            engine = await dialer.DialAsync(ThrowIfGone, CancellationToken.None);
        }
        catch (SocketException)
        {
            return true;
        }

        using (engine)
        {
            Volatile.Write(ref _engine, engine);
            ThrowIfGone();

            // Nobody reads from the client for as long as the engine says nothing.
            client.WatchForDeparture();
            var greeting = GreetAsync(engine);
            try
            {
                if (!await AnswerAsync(engine)) return false;
                await greeting;
                client.EndWatch();
                return true;
            }
            finally
            {
                // It ends with either socket.
                if (!greeting.IsCompletedSuccessfully) client.Close();
                await greeting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>The client has left, or is to be cut.</summary>
    public void Close()
    {
        Volatile.Write(ref _isClosed, true);
        Volatile.Read(ref _engine)?.Dispose();
    }

    private void ThrowIfGone()
    {
        if (Volatile.Read(ref _isClosed) || client.IsPeerGone) throw new OperationCanceledException();
    }

    /// <summary>Sends the preface as it comes, and an empty SETTINGS frame: an engine may wait for one.</summary>
    private async Task GreetAsync(Socket engine)
    {
        for (var sent = 0; ;)
        {
            var common = buffer.Bytes.CommonPrefixLength(Http2Greeting.Preface);
            var isWhole = common == Http2Greeting.Preface.Length;
            await engine.SendAllAsync((byte[])[.. Http2Greeting.Preface[sent..common], .. isWhole ? Http2Greeting.EmptySettings : []]);
            sent = common;
            if (isWhole) return;

            if (common == buffer.Bytes.Length)
            {
                await client.Socket.WaitReadableAsync();
                if (await buffer.ReceiveAsync(client.Socket) > 0) continue;
            }

            // It is no preface, or has no end: so much of it the engine may answer.
            engine.EndSending();
            return;
        }
    }

    /// <returns>True if the engine speaks HTTP/2; nothing of its answer has gone to the client then.</returns>
    private async Task<bool> AnswerAsync(Socket engine)
    {
        var piece = new byte[PieceSize];
        var count = 0;
        var support = Http2Support.Unknown;
        while (support == Http2Support.Unknown && await ReceiveAsync(engine, piece.AsMemory(count)) is > 0 and var read)
        {
            count += read;
            support = Http2Greeting.Look(piece.AsSpan(0, count));
        }

        if (support == Http2Support.Spoken) return true;
        for (; count > 0; count = await ReceiveAsync(engine, piece)) await client.Socket.SendAllAsync(piece.AsMemory(0, count));

        if (PeerState.IsGone(engine)) return false;

        // The engine may wait for a client that is still sending to see its answer (net/http, closeWriteAndWait): so does the proxy.
        await CloseDelimited.LingerAsync(client, TimeProvider.System);
        return false;
    }

    private static async ValueTask<int> ReceiveAsync(Socket engine, Memory<byte> piece)
    {
        try
        {
            return await engine.ReceiveAsync(piece, SocketFlags.None);
        }
        catch (SocketException)
        {
            // It has closed with bytes of the client's unread.
            return 0;
        }
    }
}
