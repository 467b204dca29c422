using System.Net.Sockets;
using System.Text;

namespace DockerGuardProxy.EngineTests.Calls;

/// <summary>One request exactly as written, on a connection of its own.</summary>
internal static class RawCall
{
    /// <summary>Sends it and reads the answer.</summary>
    /// <returns>The status; null if there is none within <paramref name="limit"/>.</returns>
    public static async Task<int?> SendAsync(
        string socket, string method, string target, string? contentType, string? body, TimeSpan limit)
    {
        using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket));
        var head = $"{method} {target} HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n"
            + (contentType is null ? "" : $"Content-Type: {contentType}\r\n")
            + (body is null ? "" : $"Content-Length: {body.Length}\r\n")
            + "\r\n";
        using var timeout = new CancellationTokenSource(limit);
        await using var stream = new NetworkStream(connection);
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(head + body), timeout.Token);
            using var reader = new StreamReader(stream, Encoding.Latin1);
            var line = await reader.ReadLineAsync(timeout.Token);
            return line?.Split(' ') is [_, var status, ..] ? int.Parse(status, System.Globalization.CultureInfo.InvariantCulture) : null;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
