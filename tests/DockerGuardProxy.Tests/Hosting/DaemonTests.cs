using System.Collections.Immutable;
using System.Net.Sockets;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Hosting;
using DockerGuardProxy.Tests.Configuration;
using DockerGuardProxy.Tests.Engine;
using Xunit;

namespace DockerGuardProxy.Tests.Hosting;

/// <summary>The daemon put together as in production.</summary>
public sealed class DaemonTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private string SocketPath => _folder["proxy.sock"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_serves_until_it_is_told_to_end()
    {
        using var engine = new RawEngine(_folder["engine.sock"]);
        using var end = new CancellationTokenSource();
        var run = RunAsync(SocketPath, end.Token);
        await Eventually.Async(() => Path.Exists(SocketPath) || run.IsCompleted);

        using var client = await ConnectAsync();
        await client.SendAsync("GET /mine HTTP/1.1\r\nHost: h\r\n\r\n");

        // The index asks the engine as well, on connections of its own.
        while (true)
        {
            var connection = await engine.AcceptAsync();
            if (!(await connection.HeadAsync()).StartsWith("GET /mine ", StringComparison.Ordinal)) continue;
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");
            break;
        }

        Assert.Equal("OK", (await client.AnswerAsync()).Body);
        await end.CancelAsync();
        Assert.Equal(0, await run);
        Assert.False(Path.Exists(SocketPath));
    }

    [Fact]
    public async Task An_address_in_use_ends_it_with_2()
    {
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(SocketPath));
        other.Listen();
        Assert.Equal(Daemon.AddressError, await RunAsync(SocketPath, Samples.Cancel));
        Assert.True(Path.Exists(SocketPath));
    }

    [Fact]
    public async Task A_bad_address_ends_it_with_2() =>
        Assert.Equal(ConfigurationException.ExitCode, await RunAsync("relative", Samples.Cancel));

    private Task<int> RunAsync(string path, CancellationToken cancellationToken) => Task.Run(
        () => Daemon.RunAsync(
            _folder.Sources with
            {
                CommandLine = ImmutableDictionary<string, string?>.Empty
                    .Add("listen.path", path).Add("listen.group", "").Add("engine.path", _folder["engine.sock"]).Add("engine.pidFile", ""),
            },
            _folder["proc"],
            cancellationToken),
        Samples.Cancel);

    // The file is there a moment before somebody listens.
    private async Task<RawPeer> ConnectAsync()
    {
        RawPeer? client = null;
        await Eventually.Async(() => (client = TryConnect()) is not null);
        return client!;
    }

    private RawPeer? TryConnect()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(SocketPath));
            return new RawPeer(socket);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
    }
}
