using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace DockerGuardProxy.Forward;

/// <summary>The answer when the engine gave none: 502 in the form of Docker's own errors.</summary>
internal static class EngineFailure
{
    /// <summary>Writes the answer, unless the client has gone.</summary>
    /// <param name="http">The call.</param>
    /// <param name="enginePath">The engine's socket.</param>
    /// <param name="exception">What went wrong; null if nobody knows.</param>
    public static async Task AnswerAsync(HttpContext http, string enginePath, Exception? exception)
    {
        if (http.RequestAborted.IsCancellationRequested) return;

        var cause = Describe(exception);
        http.Response.StatusCode = StatusCodes.Status502BadGateway;
        http.Response.ContentType = "application/json";
        var body = Encode($"docker-guard-proxy: no answer from the engine at {enginePath}: {cause}");
        http.Response.ContentLength = body.Length;
        await http.Response.Body.WriteAsync(body, http.RequestAborted);
    }

    /// <summary>The cause in a few words, without anything a caller sent.</summary>
    public static string Describe(Exception? exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return "connection refused (nobody listens there)";
                case SocketException { SocketErrorCode: SocketError.AddressNotAvailable or SocketError.SocketError } or FileNotFoundException:
                    return "the socket does not exist";
                case SocketException socket when socket.NativeErrorCode == 2:
                    return "the socket does not exist";
                case SocketException { SocketErrorCode: SocketError.AccessDenied }:
                    return "permission denied";
                case SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown }:
                case HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }:
                    return "the connection was lost before it answered";
                case HttpIOException { HttpRequestError: HttpRequestError.InvalidResponse }:
                case HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse }:
                    return "it answered with something that is not HTTP";
                case HttpRequestException or AggregateException or IOException { InnerException: SocketException }:
                    continue;
                default:
                    return e.Message;
            }
        }

        return "unknown";
    }

    private static byte[] Encode(string message)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("message", message);
            json.WriteEndObject();
        }

        return [.. buffer.ToArray(), (byte)'\n'];
    }
}
