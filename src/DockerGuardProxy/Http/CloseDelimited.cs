using System.Globalization;
using System.Text;
using DockerGuardProxy.Listen;
using DockerGuardProxy.Sockets;
using Microsoft.AspNetCore.Http;

namespace DockerGuardProxy.Http;

/// <summary>
/// Answers after which the connection ends and which Kestrel would not send as the engine does, so that they go out on the raw
/// pipe: net/http's own refusals, which the end of the connection ends (Kestrel would chunk them and add a Date);
/// answers to HTTP/1.0 (Kestrel would add <c>Connection: close</c>); and early refusals of a body (Kestrel would
/// first wait for it).
/// </summary>
internal static class CloseDelimited
{
    private static readonly TimeSpan RefusedBodyDelay = TimeSpan.FromMilliseconds(500);

    /// <summary>True for such an answer.</summary>
    public static bool Is(HttpRequest request, EngineLink link, HttpResponseMessage response)
    {
        var isChunked = response.Headers.TransferEncodingChunked == true;
        if (HttpProtocol.IsHttp10(request.Protocol)) return request.Headers.Connection.Count == 0;
        if (isChunked || !HttpProtocol.IsHttp11(request.Protocol)) return false;

        return EngineTransformer.MayHaveBodyOfUnknownLength(request, response)
            || (response.Headers.ConnectionClose == true && link is { Body: not null, IsDelivered: false });
    }

    /// <summary>Copies it; the connection serves no further request.</summary>
    /// <param name="link">Its client's way to the engine.</param>
    /// <param name="request">What is answered.</param>
    /// <param name="response">The answer.</param>
    /// <param name="taken">The beginning of its body, which was read already.</param>
    public static async Task RunAsync(EngineLink link, HttpRequest request, HttpResponseMessage response, ReadOnlyMemory<byte> taken)
    {
        var client = link.Client;

        // Two readers of one pipe are one too many.
        var isBodyWhole = link.Body is not { } body || await body.EndAsync();

        var output = client.TakeOver().Output;

        // Not the request's own token: Kestrel cancels that one when it finds its input taken away.
        var cancellationToken = client.Gone;
        var isHttp10 = HttpProtocol.IsHttp10(request.Protocol);
        var head = new StringBuilder(isHttp10 ? "HTTP/1.0 " : "HTTP/1.1 ")
            .Append(((int)response.StatusCode).ToString(CultureInfo.InvariantCulture)).Append(' ').Append(response.ReasonPhrase).Append("\r\n");
        foreach (var header in response.Headers.NonValidated)
        {
            // HttpClient has taken the chunks apart, for which HTTP/1.0 has no words.
            if (!header.Key.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase)) Append(head, header.Key, header.Value);
        }

        foreach (var header in response.Content.Headers.NonValidated) Append(head, header.Key, header.Value);
        await output.WriteAsync(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), cancellationToken);
        if (!taken.IsEmpty) await output.WriteAsync(taken, cancellationToken);
        await response.Content.CopyToAsync(output.AsStream(leaveOpen: true), cancellationToken);
        if (isBodyWhole) return;

        await LingerAsync(client, TimeProvider.System);

        // Kestrel reads a chunked body by itself, and would wait five seconds for the rest of it.
        client.Transport.EndPendingRead();
    }

    /// <summary>
    /// Ends the answer at once, and the connection as much later as net/http does (closeWriteAndWait, rstAvoidanceDelay): a client that is still
    /// sending would meet a closed connection before it reads the answer. The input is left alone: Kestrel may be reading it.
    /// </summary>
    /// <remarks>To end it as soon as the client has closed was rejected: where both sides are half-closed the kernel tells no more of it.</remarks>
    internal static Task LingerAsync(ClientConnection client, TimeProvider time)
    {
        client.Socket.EndSending();
        return Task.Delay(RefusedBodyDelay, time);
    }

    private static void Append(StringBuilder head, string name, System.Net.Http.Headers.HeaderStringValues values)
    {
        foreach (var value in values) head.Append(name).Append(": ").Append(value).Append("\r\n");
    }
}
