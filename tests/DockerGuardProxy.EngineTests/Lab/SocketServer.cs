using System.Net.Sockets;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>Who serves a Unix socket.</summary>
internal static class SocketServer
{
    /// <summary>Who called listen() on it last, by name: <c>systemd</c> for one that it hands over, unless the service calls it again.</summary>
    public static async Task<string> NameAsync(string path)
    {
        const int SolSocket = 1, PeerCredentials = 17;
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path));
        var credentials = new byte[12];
        client.GetRawSocketOption(SolSocket, PeerCredentials, credentials);
        return (await File.ReadAllTextAsync($"/proc/{BitConverter.ToInt32(credentials)}/comm")).TrimEnd();
    }
}
