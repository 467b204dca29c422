using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Tests.Hosting;

/// <summary>An engine that speaks HTTP/1.1 and HTTP/2 on one socket, as dockerd does from 29.2 on: the first bytes tell which.</summary>
internal sealed class Http2Engine : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly WebApplication _kestrel;
    private readonly string _path;

    private Http2Engine(string path, RequestDelegate answer)
    {
        _path = path;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
            options.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
            options.Limits.MaxRequestBodySize = null;
            options.Limits.Http2.MaxStreamsPerConnection = 250;
            options.ListenUnixSocket(path + ".1", endPoint => endPoint.Protocols = HttpProtocols.Http1);
            options.ListenUnixSocket(path + ".2", endPoint => endPoint.Protocols = HttpProtocols.Http2);
        });
        _kestrel = builder.Build();
        _kestrel.Run(answer);
    }

    public static async Task<Http2Engine> StartAsync(string path, RequestDelegate answer)
    {
        var engine = new Http2Engine(path, answer);
        await engine._kestrel.StartAsync();
        engine._listener.Bind(new UnixDomainSocketEndPoint(path));
        engine._listener.Listen(100);
        _ = engine.AcceptAsync();
        return engine;
    }

    /// <summary>Ends as dockerd does: takes no further calls on the connections that it has.</summary>
    public Task StopAsync() => _kestrel.StopAsync();

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _kestrel.StopAsync(new CancellationToken(canceled: true));
        await _kestrel.DisposeAsync();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptAsync());
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        using (client)
        using (var server = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            var first = new byte[1];
            if (await client.ReceiveAsync(first, SocketFlags.Peek) == 0) return;
            var second = new byte[2];
            while (await client.ReceiveAsync(second, SocketFlags.Peek) is 1)
            {
            }

            await server.ConnectAsync(new UnixDomainSocketEndPoint(_path + (second.AsSpan().SequenceEqual("PR"u8) ? ".2" : ".1")));
            await Task.WhenAll(CopyAsync(client, server), CopyAsync(server, client));
        }
    }

    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            for (int count; (count = await from.ReceiveAsync(buffer)) > 0;)
            {
                for (var sent = 0; sent < count;) sent += await to.SendAsync(buffer.AsMemory(sent..count));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            from.Dispose();
            to.Dispose();
        }
    }
}
