using System.Net;
using System.Net.Sockets;
using System.Text;
using DockerGuardProxy.Forward;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DockerGuardProxy.Listen;

/// <summary>
/// Serves the sockets that the service manager hands over, or else one of its own: Kestrel with every limit off that the engine does
/// not have.
/// </summary>
internal sealed class ProxyServer : IHostedService, IDisposable
{
    /// <summary>net/http's DefaultMaxHeaderBytes and the slop that its server adds, in bytes.</summary>
    private const int EngineHeadLimit = (1 << 20) + 4096;

    /// <summary>For ever. Timeout.InfiniteTimeSpan overflows Kestrel's clock, which then ends idle connections within a second.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromDays(10 * 365);

    private readonly KestrelServer _kestrel;
    private readonly ProxyApplication _application;
    private readonly DepartureWatch _watch;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Configuration.ListenOptions _listen;
    private readonly AcceptLoops _loops;
    private readonly string _engine;
    private readonly bool _isHanded;

    public ProxyServer(
        Configuration.ListenOptions listen, AcceptLoops loops, EngineDialer dialer, ProxyApplication application, TimeProvider time,
        IServiceProvider services, ILoggerFactory loggers)
    {
        _application = application;
        _logger = loggers.CreateLogger<ProxyServer>();
        _listen = listen;
        _loops = loops;
        _engine = dialer.Path;
        _time = time;
        _watch = new DepartureWatch(time);
        var options = new KestrelServerOptions { ApplicationServices = services };
        Configure(options);
        var isHanded = false;
        options.UseSystemd(endPoint =>
        {
            isHanded = true;
            ConfigureEndPoint(endPoint);
        });
        _isHanded = isHanded;
        if (!isHanded)
            options.ListenUnixSocket(listen.Path, ConfigureEndPoint);
        var transport = new SocketTransportOptions
        {
            Backlog = int.MaxValue,
            CreateBoundListenSocket = Bind,
            UnsafePreferInlineScheduling = true,
        };
        _kestrel = new KestrelServer(
            Options.Create(options), new SocketTransportFactory(Options.Create(transport), loggers), loggers);

        void ConfigureEndPoint(ListenOptions endPoint)
        {
            endPoint.Protocols = HttpProtocols.Http1;
            var loop = loops.Add(endPoint.EndPoint);
            endPoint.Use(next => connection => ServeAsync(next, connection, loop, dialer));
        }
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _kestrel.StartAsync(_application, cancellationToken);
        if (_isHanded && !_loops.All.Any(loop => Configuration.Check.IsSamePath(loop.Path, _listen.Path)))
            ListenLog.HandedElsewhere(_logger, _loops.Paths, _listen.Path);
        ListenLog.Listening(_logger, _loops.Paths, _isHanded ? "handed over by the service manager" : "made by this process", _engine);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        RemoveFile();
        await _kestrel.StopAsync(cancellationToken);
    }

    public void Dispose()
    {
        // Not stopped, where another part of the host failed to start.
        RemoveFile();
        _kestrel.Dispose();
        _watch.Dispose();
    }

    // Only while it is still ours: a successor may have put its own in its place. One that was handed over stays for the successor.
    private void RemoveFile()
    {
        foreach (var loop in _isHanded ? [] : _loops.All.Where(loop => loop.HasFile))
            File.Delete(loop.Path);
    }

    private static void Configure(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.AllowHostHeaderOverride = true;
        options.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        options.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        var limits = options.Limits;
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        limits.MaxRequestHeadersTotalSize = EngineHeadLimit;
        limits.MaxRequestLineSize = EngineHeadLimit;
        limits.MaxRequestBufferSize = EngineHeadLimit;
        limits.MaxRequestHeaderCount = int.MaxValue;
        limits.KeepAliveTimeout = Never;
        limits.RequestHeadersTimeout = Never;
    }

    private Socket Bind(EndPoint endPoint)
    {
        var socket = endPoint is FileHandleEndPoint handed ? HandedSocket.Take(handed.FileHandle, _engine) : ListenSocket.Create(_listen, _logger);
        _loops.Of(endPoint).Bind(socket.LocalEndPoint!.ToString()!);
        return socket;
    }

    private async Task ServeAsync(ConnectionDelegate next, ConnectionContext connection, AcceptLoop loop, EngineDialer dialer)
    {
        loop.OnAccepted();
        await using var client = new ClientConnection(connection, dialer, _watch, _time);
        await next(client.Context);
    }
}
