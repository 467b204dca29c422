using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DockerGuardProxy.Forward;

/// <summary>Writes the head of a request as the client sent it: raw target, names and values.</summary>
internal static class RequestHead
{
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
        Append(writer, request.Method);
        writer.Write(" "u8);
        Append(writer, target);
        writer.Write(" HTTP/1.1\r\n"u8);
        var headers = request.Headers;
        var isChunked = headers.TransferEncoding.Count > 0;
        if (headers.Host.Count == 0)
        {
            // Only HTTP/1.0 comes without; the engine insists on one in HTTP/1.1 and has no use for its value.
            writer.Write("Host: \r\n"u8);
        }

        foreach (var (name, values) in headers)
        {
            if (isChunked && name.Equals("X-Content-Length", StringComparison.OrdinalIgnoreCase)) continue;
            var isRepairedHost = host is not null && name.Equals("Host", StringComparison.OrdinalIgnoreCase);
            foreach (var value in values)
            {
                Append(writer, name);
                writer.Write(": "u8);
                Append(writer, isRepairedHost ? host! : value ?? "");
                writer.Write("\r\n"u8);
            }
        }

        writer.Write("\r\n"u8);
    }

    private static void Append(IBufferWriter<byte> writer, string text)
    {
        // Kestrel reads heads as Latin-1 here, so that every byte comes out as it came in.
        var count = Encoding.Latin1.GetBytes(text, writer.GetSpan(text.Length));
        writer.Advance(count);
    }
}
