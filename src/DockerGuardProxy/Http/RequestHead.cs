using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Net.Http.Headers;

namespace DockerGuardProxy.Http;

/// <summary>Writes the head of a request as the client sent it: raw target, names and values.</summary>
internal static class RequestHead
{
    /// <summary>Where Kestrel keeps a Content-Length that came together with a Transfer-Encoding.</summary>
    private const string DroppedLength = "X-Content-Length";

    /// <summary>
    /// Appends the head to <paramref name="writer"/>. Framing is Kestrel's reading of it, not the client's bytes: where both
    /// Content-Length and Transfer-Encoding came, Kestrel has dropped the former (RFC 9112 6.3) and kept it under
    /// another name, which is left out here. The version is always 1.1, so that an HTTP/1.0 client's answer is framed
    /// for Kestrel, which frames it anew.
    /// </summary>
    /// <param name="http">The request as Kestrel read it.</param>
    /// <param name="target">The target as it came.</param>
    /// <param name="host">The value of Host as it came, or null if Kestrel has it.</param>
    /// <param name="writer">Takes the bytes.</param>
    public static void Write(HttpContext http, string target, string? host, IBufferWriter<byte> writer)
    {
        var request = http.Features.GetRequiredFeature<IHttpRequestFeature>();
        WriteLine(request.Method, target, writer);
        var isChunked = request.Headers.TransferEncoding.Count > 0;
        WriteHeaders(request.Headers, host, name => isChunked && name.Equals(DroppedLength, StringComparison.OrdinalIgnoreCase), writer);
        writer.Write("\r\n"u8);
    }

    /// <summary>Appends the head of a terminating call, which leaves its client's connection: framing and hop-by-hop headers stay behind.</summary>
    /// <param name="request">The request as Kestrel read it.</param>
    /// <param name="host">The value of Host as it came, or null if Kestrel has it.</param>
    /// <param name="length">Bytes of the body, or null where the request had none.</param>
    /// <param name="writer">Takes the bytes: everything behind the request line.</param>
    public static void WriteDetachedHeaders(IHttpRequestFeature request, string? host, int? length, IBufferWriter<byte> writer)
    {
        WriteHeaders(request.Headers, host, IsOfConnection, writer);
        if (length is { } bytes)
        {
            writer.Write("Content-Length: "u8);
            Append(writer, bytes.ToString(CultureInfo.InvariantCulture));
            writer.Write("\r\n"u8);
        }

        writer.Write("\r\n"u8);
    }

    /// <summary>Takes the framing out of a request whose body has been dropped: its head says that there is none.</summary>
    public static void DropBody(HttpContext http)
    {
        var headers = http.Request.Headers;
        headers.TransferEncoding = default;
        headers.Expect = default;
        headers.Remove(HeaderNames.Trailer);
        headers.Remove(DroppedLength);
        headers.ContentLength = 0;
    }

    /// <summary>Appends a request line.</summary>
    public static void WriteLine(string method, string target, IBufferWriter<byte> writer)
    {
        Append(writer, method);
        writer.Write(" "u8);
        Append(writer, target);
        writer.Write(" HTTP/1.1\r\n"u8);
    }

    /// <summary>True for a header of the connection or of the framing (RFC 9110 7.6.1), which a copy of a message does not take along.</summary>
    public static bool IsOfConnection(string name) =>
        name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase)
        || name.Equals(HeaderNames.TransferEncoding, StringComparison.OrdinalIgnoreCase)
        || name.Equals(HeaderNames.Connection, StringComparison.OrdinalIgnoreCase)
        || name.Equals(HeaderNames.KeepAlive, StringComparison.OrdinalIgnoreCase)
        || name.Equals(HeaderNames.Upgrade, StringComparison.OrdinalIgnoreCase)
        || name.Equals(HeaderNames.Expect, StringComparison.OrdinalIgnoreCase)
        || name.Equals(HeaderNames.Trailer, StringComparison.OrdinalIgnoreCase)
        || name.Equals(DroppedLength, StringComparison.OrdinalIgnoreCase);

    private static void WriteHeaders(IHeaderDictionary headers, string? host, Predicate<string> leavesOut, IBufferWriter<byte> writer)
    {
        if (headers.Host.Count == 0)
        {
            // Only HTTP/1.0 comes without; the engine insists on one in HTTP/1.1 and has no use for its value.
            writer.Write("Host: \r\n"u8);
        }

        foreach (var (name, values) in headers)
        {
            if (leavesOut(name)) continue;

            var isRepairedHost = host is not null && name.Equals(HeaderNames.Host, StringComparison.OrdinalIgnoreCase);
            foreach (var value in values)
            {
                Append(writer, name);
                writer.Write(": "u8);
                Append(writer, isRepairedHost ? host! : value ?? "");
                writer.Write("\r\n"u8);
            }
        }
    }

    private static void Append(IBufferWriter<byte> writer, string text)
    {
        // Kestrel reads heads as Latin-1 here, so that every byte comes out as it came in.
        var count = Encoding.Latin1.GetBytes(text, writer.GetSpan(text.Length));
        writer.Advance(count);
    }
}
