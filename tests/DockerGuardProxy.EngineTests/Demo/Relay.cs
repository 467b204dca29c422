using System.Net.Sockets;
using System.Text;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.EngineTests.Demo;

/// <summary>A socket in front of an engine's that does something before a certain call goes on.</summary>
internal sealed class Relay : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly string _engine;
    private readonly string _begin;
    private readonly Func<Task> _before;

    /// <param name="engine">The engine's socket.</param>
    /// <param name="begin">With what the call's head begins.</param>
    /// <param name="before">Done before it goes on.</param>
    public Relay(string engine, string begin, Func<Task> before)
    {
        _engine = engine;
        _begin = begin;
        _before = before;
        SocketPath = Machine.NewPath("r") + ".sock";
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen();
        _ = AcceptAsync();
    }

    public string SocketPath { get; }

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(SocketPath);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = ServeAsync(await _listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        using (var engine = UnixSocket.Connect(_engine))
        {
            try
            {
                await Task.WhenAny(CopyAsync(client, engine, isRequest: true), CopyAsync(engine, client, isRequest: false));
            }
            catch (SocketException)
            {
                // One side went.
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to, bool isRequest)
    {
        var buffer = new byte[64 * 1024];
        for (int count; (count = await from.ReceiveAsync(buffer)) > 0;)
        {
            if (isRequest && Encoding.Latin1.GetString(buffer, 0, count).StartsWith(_begin, StringComparison.Ordinal)) await _before();
            for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
        }
    }
}
