using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Http;

/// <summary>Copies the answer to a call in HTTP/2: its body as it comes, its trailers, or the code with which the engine breaks it off.</summary>
internal static class Http2Answer
{
    private const int FirstPiece = 4096;

    /// <summary>Copies it until its end, or until either side is gone.</summary>
    /// <remarks>
    /// The head waits until something follows it or nothing has come at once: one that is the whole answer goes with END_STREAM, without which
    /// clients of gRPC take an error for a broken stream.
    /// </remarks>
    /// <param name="http">The call; its answer has its headers.</param>
    /// <param name="call">The same.</param>
    /// <param name="response">The answer.</param>
    /// <param name="taken">The beginning of its body, which was read already.</param>
    /// <param name="cancellationToken">The client has left.</param>
    public static async Task CopyAsync(
        HttpContext http, Http2Call call, HttpResponseMessage response, ReadOnlyMemory<byte> taken, CancellationToken cancellationToken)
    {
        try
        {
            await using var source = await response.Content.ReadAsStreamAsync(cancellationToken);
            if (!taken.IsEmpty) await BeginAsync(http, call, taken, cancellationToken);
            if (!taken.IsEmpty || await BeginAsync(http, call, source, cancellationToken))
                await AnswerBody.CopyAsync(source, http.Response.BodyWriter, cancellationToken);
            CopyTrailers(http, response);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            // Of a client that has left nobody reads it; what is not whole must not look so to one that has not.
            if (!http.RequestAborted.IsCancellationRequested) Http2Reset.Send(http, Http2Reset.CodeOf(e) ?? Http2Reset.InternalError);
        }
    }

    /// <returns>False if there is no body.</returns>
    private static async ValueTask<bool> BeginAsync(HttpContext http, Http2Call call, Stream source, CancellationToken cancellationToken)
    {
        // A read of nothing waits for something, and holds no buffer.
        var arrival = source.ReadAsync(Memory<byte>.Empty, cancellationToken);
        if (!arrival.IsCompleted)
        {
            call.BeginAnswer();
            await http.Response.StartAsync(cancellationToken);
            await http.Response.BodyWriter.FlushAsync(cancellationToken);
        }

        await arrival;
        var first = ArrayPool<byte>.Shared.Rent(FirstPiece);
        try
        {
            var count = await source.ReadAsync(first, cancellationToken);
            if (count > 0) await BeginAsync(http, call, first.AsMemory(0, count), cancellationToken);
            return count > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(first);
        }
    }

    private static async ValueTask BeginAsync(HttpContext http, Http2Call call, ReadOnlyMemory<byte> first, CancellationToken cancellationToken)
    {
        call.BeginAnswer();
        await http.Response.StartAsync(cancellationToken);
        AnswerBody.Put(http.Response.BodyWriter, first.Span);
    }

    private static void CopyTrailers(HttpContext http, HttpResponseMessage response)
    {
        var trailers = http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
        foreach (var (name, values) in response.TrailingHeaders.NonValidated)
            trailers[name] = values.Count == 1 ? values.ToString() : values.ToArray();
    }
}
