using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace DockerGuardProxy.Demo.Simulation;

/// <summary>
/// An engine on a Unix socket: a faithful model of what dockerd does with the calls that end a container, and enough of the rest for clients
/// and proxies. It has no containers but its own and starts no process.
/// </summary>
internal sealed class SimulatedEngine : IAsyncDisposable
{
    private readonly WebApplication _application;

    private SimulatedEngine(WebApplication application, SimulatedDaemon daemon)
    {
        _application = application;
        Daemon = daemon;
    }

    /// <summary>Its containers and events, to use without HTTP.</summary>
    public SimulatedDaemon Daemon { get; }

    public EngineCounters Counters => Daemon.Counters;

    /// <summary>Serves <paramref name="path"/> until disposed. A stale socket file is replaced.</summary>
    /// <exception cref="IOException">Somebody listens there, or the socket can't be made.</exception>
    public static async Task<SimulatedEngine> StartAsync(string path, SimulatedEngineOptions options)
    {
        RemoveStale(path);
        var daemon = new SimulatedDaemon(options);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromDays(1);
            kestrel.ListenUnixSocket(path, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(next => connection => CountAsync(daemon.Counters, next, connection));
            });
        });

        // A handler that waits for ever must not hold up the end.
        builder.Services.Configure<Microsoft.Extensions.Hosting.HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        var application = builder.Build();
        var routes = new EngineRoutes(daemon, options);
        application.Run(routes.AnswerAsync);
        try
        {
            await application.StartAsync();
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException or UnauthorizedAccessException)
        {
            await application.DisposeAsync();
            throw new IOException($"{path}: cannot listen: {e.Message}", e);
        }

        return new SimulatedEngine(application, daemon);
    }

    /// <summary>See <see cref="SimulatedDaemon.Freeze"/>.</summary>
    public void Freeze(string container) => Daemon.Freeze(container);

    /// <summary>See <see cref="SimulatedDaemon.Thaw"/>.</summary>
    public void Thaw(string container) => Daemon.Thaw(container);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _application.StopAsync(new CancellationToken(canceled: true));
        }
        catch (OperationCanceledException)
        {
            // As asked: connections are cut, not drained.
        }

        await _application.DisposeAsync();
    }

    // The layers above return only when the handler has, however long the client has been gone; see EngineCounters.Connections.
    private static async Task CountAsync(EngineCounters counters, ConnectionDelegate next, ConnectionContext connection)
    {
        counters.Accepted();

        // Kestrel would close the connection as soon as its client sends no more; Go's server keeps it for the answer.
        connection.Features.Set(new ClientEnd(connection.ConnectionClosed));
        connection.ConnectionClosed = CancellationToken.None;
        try
        {
            await next(connection);
        }
        finally
        {
            counters.Closed();
        }
    }

    private static void RemoveStale(string path)
    {
        if (!Path.Exists(path)) return;
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException e)
        {
            throw new IOException($"{path}: cannot listen: {e.Message}", e);
        }

        throw new IOException($"{path}: another process listens there");
    }
}
