using System.Net.Sockets;
using DockerGuardProxy.Tests.Configuration;

namespace DockerGuardProxy.Tests.Sockets;

/// <summary>Both ends of a connection of this machine.</summary>
internal sealed class SocketPair : IDisposable
{
    private readonly TempFolder _folder = new();

    public SocketPair()
    {
        var place = new UnixDomainSocketEndPoint(_folder["s"]);
        using var listener = NewSocket();
        listener.Bind(place);
        listener.Listen(1);
        Far = NewSocket();
        Far.Connect(place);
        Near = listener.Accept();
    }

    /// <summary>The end that was accepted.</summary>
    public Socket Near { get; }

    /// <summary>The end that has connected.</summary>
    public Socket Far { get; }

    public void Dispose()
    {
        Near.Dispose();
        Far.Dispose();
        _folder.Dispose();
    }

    private static Socket NewSocket() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
}
