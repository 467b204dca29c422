using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
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
    internal const int EngineHeadLimit = (1 << 20) + 4096;

    /// <summary>For ever. Timeout.InfiniteTimeSpan overflows Kestrel's clock, which then ends idle connections within a second.</summary>
    private static readonly TimeSpan Never = TimeSpan.FromDays(10 * 365);

    /// <summary>The longest that a stop waits for calls that are about to be answered. Those who connect meanwhile wait too.</summary>
    private static readonly TimeSpan BriefCalls = TimeSpan.FromSeconds(1);

    /// <summary>The longest that a stop waits for its own word to be written, which takes no time where there is a processor for it.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    private readonly KestrelServer _kestrel;
    private readonly IClientApplication _application;
    private readonly ClientConnections _connections;
    private readonly ArrivingConnections _arriving;
    private readonly DepartureWatch _watch;
    private readonly Func<TimeSpan> _drain;
    private readonly IGuardedCallers _guarded;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Configuration.ListenOptions _listen;
    private readonly AcceptLoops _loops;
    private readonly string _engine;
    private readonly bool _isHanded;
    private ConnectionDelegate? _http2;

    /// <param name="listen">The socket to make, where none is handed over.</param>
    /// <param name="loops">Told of every socket.</param>
    /// <param name="connections">Told of every connection.</param>
    /// <param name="engine">Path of the engine's socket.</param>
    /// <param name="application">Answers the calls.</param>
    /// <param name="drain">What is configured at the stop as the time that running calls get.</param>
    /// <param name="guarded">Whom to tell of the stop.</param>
    /// <param name="time">The clock.</param>
    /// <param name="services">For Kestrel.</param>
    /// <param name="loggers">For Kestrel, too.</param>
    public ProxyServer(
        Configuration.ListenOptions listen, AcceptLoops loops, ClientConnections connections, string engine, IClientApplication application,
        Func<TimeSpan> drain, IGuardedCallers guarded, TimeProvider time, IServiceProvider services, ILoggerFactory loggers)
    {
        _application = application;
        _drain = drain;
        _guarded = guarded;
        _logger = loggers.CreateLogger<ProxyServer>();
        _listen = listen;
        _loops = loops;
        _connections = connections;
        _engine = engine;
        _time = time;
        _watch = new DepartureWatch(time, _logger);
        var options = new KestrelServerOptions { ApplicationServices = services };
        Configure(options);

        // The first, so that its layer is there before anybody is accepted.
        options.Listen(new LayerEndPoint(), ConfigureHttp2);
        var isHanded = false;
        options.UseSystemd(endPoint =>
        {
            isHanded = true;
            ConfigureEndPoint(endPoint);
        });
        _isHanded = isHanded;
        if (!isHanded)
            options.ListenUnixSocket(listen.Path, ConfigureEndPoint);
        _arriving = new ArrivingConnections(new ClientListener(Bind, time));
        _kestrel = new KestrelServer(Options.Create(options), _arriving, loggers);

        void ConfigureEndPoint(ListenOptions endPoint)
        {
            endPoint.Protocols = HttpProtocols.Http1;
            var loop = loops.Add(endPoint.EndPoint);
            endPoint.Use(next =>
            {
                var http = new HttpLayers(next, _http2!);
                return connection => ServeAsync(http, connection, loop);
            });
        }

        void ConfigureHttp2(ListenOptions endPoint)
        {
            endPoint.Protocols = HttpProtocols.Http2;
            endPoint.Use(next =>
            {
                _http2 = next;
                return static _ => Task.CompletedTask;
            });
        }
    }

    /// <summary>How many peers are looked after whose departure raises no event.</summary>
    internal int Watched => _watch.Count;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _application.StartAsync(_kestrel, cancellationToken);
        if (_isHanded && !_loops.All.Any(loop => Configuration.Check.IsSamePath(loop.Path, _listen.Path)))
            ListenLog.HandedElsewhere(_logger, _loops.Paths, _listen.Path);
        ListenLog.Listening(_logger, _loops.Paths, _isHanded ? "handed over by the service manager" : "made by this process", _engine);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // 1. Nobody accepts from here on: whoever connects waits in the backlog for the successor, so what follows must not take long.
        RemoveFile();
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var stopping = _kestrel.StopAsync(cut.Token);

        // 2. Callers that wait for others are told to ask again, those that are about to be answered are.
        _guarded.TurnAway(all: false);
        await WaitAsync(stopping, BriefCalls, AnyBrief, cut.Token);

        // 3. As configured, others may end by themselves.
        await WaitAsync(stopping, _drain(), static () => true, cut.Token);

        // 4. Streams are cut. Not before those whose call stays with the engine have been told so.
        _guarded.TurnAway(all: true);
        await WaitAsync(stopping, Farewell, () => _guarded.Any || AnyBrief(), cut.Token);
        await cut.CancelAsync();
        await stopping;
    }

    public void Dispose()
    {
        // Not stopped, where another part of the host failed to start.
        RemoveFile();
        _kestrel.Dispose();
        _watch.Dispose();
    }

    private bool AnyBrief() => _arriving.Any || _connections.AnyBrief();

    private async Task WaitAsync(Task stopping, TimeSpan limit, Func<bool> isWorthIt, CancellationToken cancellationToken)
    {
        for (var began = _time.GetTimestamp(); !stopping.IsCompleted && !cancellationToken.IsCancellationRequested && isWorthIt();)
        {
            var left = limit - _time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero) return;
            await Task.WhenAny(stopping, Task.Delay(left < Look ? left : Look, _time, cancellationToken));
        }
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

        // A field more with the name of others has Kestrel copy them all: without a bound on their number, a frame of HTTP/2 takes a processor for
        // minutes. Half of what net/http takes there, for Kestrel doubles it; no client sends as many.
        limits.MaxRequestHeaderCount = EngineHeadLimit / 64;
        limits.KeepAliveTimeout = Never;
        limits.RequestHeadersTimeout = Never;
        ConfigureHttp2(limits.Http2);

        // The engine's own server takes either (net/http, http2 serverConn.newWriterAndRequest).
        options.AllowAlternateSchemes = true;
    }

    /// <summary>
    /// As net/http's server has it (golang.org/x/net/http2, server.go): streams, frames, windows, fields. So of one connection there wait at most
    /// 1 MiB that has not been cut into frames (Http2Lane), 1 MiB of bodies that nobody has read, whatever the number of streams, and a table of
    /// 4 KiB; what heads hold is bounded by Http2Link, what is kept of bodies by KeptBodies.
    /// </summary>
    private static void ConfigureHttp2(Http2Limits limits)
    {
        limits.MaxStreamsPerConnection = 250;
        limits.MaxFrameSize = 1 << 20;
        limits.InitialStreamWindowSize = 1 << 20;
        limits.InitialConnectionWindowSize = 1 << 20;
        limits.MaxRequestHeaderFieldSize = EngineHeadLimit;
        limits.HeaderTableSize = 4096;
    }

    private Socket Bind(EndPoint endPoint)
    {
        var socket = endPoint is FileHandleEndPoint handed ? HandedSocket.Take(handed.FileHandle, _engine) : ListenSocket.Create(_listen, _logger);
        _loops.Of(endPoint).Bind(socket.LocalEndPoint!.ToString()!);
        return socket;
    }

    private async Task ServeAsync(HttpLayers http, ConnectionContext connection, AcceptLoop loop)
    {
        loop.OnAccepted();
        ClientConnection client;
        try
        {
            client = new ClientConnection((AcceptedConnection)connection, _watch, _time, _logger);
            _connections.Add(client);
        }
        finally
        {
            _arriving.OnBegun();
        }

        try
        {
            await _application.ServeAsync(client, http);
        }
        finally
        {
            _connections.Remove(client);
            client.Dispose();
        }
    }
}
