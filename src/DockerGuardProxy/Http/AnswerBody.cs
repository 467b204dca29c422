using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace DockerGuardProxy.Http;

/// <summary>
/// Copies an answer's body to the client. What has come is sent together, head and end too, but nothing waits for what has not come:
/// the engine flushes the head of /wait and /events at once, and clients act on it.
/// </summary>
/// <remarks>YARP's own copy was rejected: it sends the head, each piece and the end by themselves.</remarks>
internal static class AnswerBody
{
    /// <summary>Bytes that are gathered before they are sent although more have come.</summary>
    private const int MaxGathered = 64 * 1024;

    /// <summary>Copies it until its end, or until either side is gone. One that the engine breaks off breaks off for the client too.</summary>
    /// <param name="http">The call; its answer has its headers.</param>
    /// <param name="link">Its client's way to the engine.</param>
    /// <param name="content">The body.</param>
    /// <param name="taken">Its beginning, which was read already.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public static async Task CopyAsync(
        HttpContext http, EngineLink link, HttpContent content, ReadOnlyMemory<byte> taken, CancellationToken cancellationToken)
    {
        var writer = http.Response.BodyWriter;
        try
        {
            // The head is written now, and sent with what follows it.
            await http.Response.StartAsync(cancellationToken);
            if (!taken.IsEmpty) Put(writer, taken.Span);
            await using var source = await content.ReadAsStreamAsync(cancellationToken);
            await CopyAsync(source, writer, cancellationToken);

            // Kestrel sends the last chunk by itself, and whatever lies before it; of a body without chunks it knows no end.
            if (http.Response.ContentLength is not null) await writer.FlushAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException && !cancellationToken.IsCancellationRequested)
        {
            await BreakOffAsync(link, writer);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            // Nobody reads it any more, or the server cuts it: what is not whole must not look so.
            http.Abort();
        }
    }

    /// <summary>Copies it until its end; what has come last is left to whoever ends the answer.</summary>
    /// <param name="source">The body.</param>
    /// <param name="client">Its answer has begun; the head may not be sent.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public static async Task CopyAsync(Stream source, PipeWriter client, CancellationToken cancellationToken)
    {
        var isHeadSent = false;
        var gathered = 0;
        while (true)
        {
            // A read of nothing waits for something: so neither a buffer is held nor anything kept back meanwhile.
            var arrival = source.ReadAsync(Memory<byte>.Empty, cancellationToken);
            if (arrival.IsCompletedSuccessfully)
            {
                _ = arrival.Result;
            }
            else
            {
                if ((gathered > 0 || !isHeadSent) && await IsGoneAsync(client, cancellationToken)) return;
                (isHeadSent, gathered) = (true, 0);
                await arrival;
            }

            var count = await source.ReadAsync(client.GetMemory(), cancellationToken);
            if (count == 0) return;

            client.Advance(count);
            gathered += count;
            if (gathered < MaxGathered) continue;
            if (await IsGoneAsync(client, cancellationToken)) return;
            (isHeadSent, gathered) = (true, 0);

            // The thread is the one that sees the sockets of others become ready.
            await Task.Yield();
        }
    }

    /// <summary>
    /// Puts bytes where the answer goes. It says their number, which Write does not: of an answer whose client has gone Kestrel gives room only for
    /// what was asked for, and none at all would be taken for a fault.
    /// </summary>
    public static void Put(PipeWriter client, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(client.GetSpan(bytes.Length));
        client.Advance(bytes.Length);
    }

    private static async ValueTask<bool> IsGoneAsync(PipeWriter client, CancellationToken cancellationToken) =>
        await client.FlushAsync(cancellationToken) is { IsCompleted: true } or { IsCanceled: true };

    /// <summary>
    /// The client gets what the engine had sent, and then the end of the stream, as on the engine's own socket. An abort of Kestrel's would
    /// throw away what has not been sent yet.
    /// </summary>
    private static async Task BreakOffAsync(EngineLink link, PipeWriter writer)
    {
        // Two readers of one pipe are one too many.
        var isBodyWhole = link.Body is not { } body || await body.EndAsync();
        try
        {
            await writer.FlushAsync(link.Client.Gone);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        link.Client.TakeOver();
        if (!isBodyWhole) link.Client.Transport.EndPendingRead();
    }
}
