using System.Net.Sockets;

namespace DockerGuardProxy.Sockets;

/// <summary>Why a connection to the engine gave no answer.</summary>
internal static class ConnectionFault
{
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
}
