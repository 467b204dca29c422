using System.IO.Pipelines;
using System.Net.Sockets;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Streams;
using Microsoft.AspNetCore.Connections;

namespace DockerGuardProxy.Http;

/// <summary>A granted hijack: bytes both ways, each direction ended on its own, until the engine ends its side or the client is gone.</summary>
internal static class Tunnel
{
    /// <summary>
    /// How long bytes that the client sent before it left may take to reach the engine. On its own socket they would lie in
    /// the kernel's buffer for the engine to read.
    /// </summary>
    private static readonly TimeSpan LastBytes = TimeSpan.FromSeconds(5);

    /// <summary>Runs until the stream has ended; the connection serves no further request.</summary>
    /// <param name="link">The client's way to the engine; its connection's raw pipes are taken over here.</param>
    /// <param name="head">The engine's answer, passed on byte by byte.</param>
    /// <param name="response">The answer, whose content is what the engine sends.</param>
    public static async Task RunAsync(EngineLink link, AnswerHead head, HttpResponseMessage response)
    {
        var client = link.Client;

        // Also fires when the proxy closes its streams. Not the request's own token: Kestrel has lost the connection.
        var cancellationToken = client.Gone;

        // A body that is still coming is the engine's, not the stream's.
        if (link.Body is { } body) await body.Completion;

        var engine = link.Stream!.Socket;
        var pipes = client.TakeOver();
        await pipes.Output.WriteAsync(head.Bytes, CancellationToken.None);
        var upward = SendAsync(pipes.Input, engine);
        try
        {
            await using var source = await response.Content.ReadAsStreamAsync(CancellationToken.None);
            link.Watched?.Bind(engine, _ => client.Close());
            var ends = new TunnelEnds(source, engine, client.Socket, link.Watched, cancellationToken);
            await (link.Watched is { } watched ? watched.CopyAsync(ends) : new StreamPump(ends).RunAsync());
        }
        catch (Exception e) when (e is IOException or SocketException or ConnectionAbortedException
            or OperationCanceledException or ObjectDisposedException)
        {
            // Either end is gone. What the client had sent by then still goes to the engine.
            if (cancellationToken.IsCancellationRequested)
                await upward.WaitAsync(LastBytes, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        finally
        {
            engine.Dispose();
            pipes.Input.CancelPendingRead();
            await upward;
        }
    }

    private static async Task SendAsync(PipeReader client, Socket engine)
    {
        try
        {
            while (true)
            {
                var result = await client.ReadAsync();
                foreach (var memory in result.Buffer) await engine.SendAllAsync(memory);

                client.AdvanceTo(result.Buffer.End);
                if (result.IsCanceled) return;
                if (result.IsCompleted) break;
            }

            engine.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException or ConnectionResetException)
        {
            // The engine reads no more, or the client broke off: the other direction ends the stream.
        }
    }
}
