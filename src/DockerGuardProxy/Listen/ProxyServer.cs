using System.Collections.Immutable;
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
    private readonly string _engine;
    private readonly bool _isHanded;
    private long _inode;

    public ProxyServer(
        Configuration.ListenOptions listen, EngineDialer dialer, ProxyApplication application, TimeProvider time,
        IServiceProvider services, ILoggerFactory loggers)
    {
        _application = application;
        _logger = loggers.CreateLogger<ProxyServer>();
        _listen = listen;
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
            endPoint.Use(next => connection => ServeAsync(next, connection, dialer));
        }
    }

    /// <summary>The sockets that clients use, once started.</summary>
    public ImmutableArray<string> Paths { get; private set; } = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _kestrel.StartAsync(_application, cancellationToken);
        if (!_isHanded)
            _inode = SocketFile.Inode(_listen.Path);
        else if (!Paths.Any(path => Configuration.Check.IsSamePath(path, _listen.Path)))
            ListenLog.HandedElsewhere(_logger, string.Join(", ", Paths), _listen.Path);
        foreach (var path in Paths)
            ListenLog.Listening(_logger, path, _isHanded ? "handed over by the service manager" : "made by this process", _engine);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // Only while it is still ours: a successor may have put its own in its place. One that was handed over stays for the successor.
        if (_inode != 0 && SocketFile.Inode(_listen.Path) == _inode)
            File.Delete(_listen.Path);
        await _kestrel.StopAsync(cancellationToken);
    }

    public void Dispose()
    {
        _kestrel.Dispose();
        _watch.Dispose();
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
        Paths = Paths.Add(socket.LocalEndPoint!.ToString()!);
        return socket;
    }

    private async Task ServeAsync(ConnectionDelegate next, ConnectionContext connection, EngineDialer dialer)
    {
        await using var client = new ClientConnection(connection, dialer, _watch, _time);
        await next(client.Context);
    }
}
