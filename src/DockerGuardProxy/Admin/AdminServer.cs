using DockerGuardProxy.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DockerGuardProxy.Admin;

/// <summary>
/// Serves the admin socket to root alone. Without it the proxy does its work all the same: a path that is taken or can't be made costs one
/// line in the log.
/// </summary>
/// <param name="path">Absolute path of the socket; empty for none.</param>
/// <param name="application">What answers.</param>
/// <param name="services">For Kestrel.</param>
/// <param name="loggers">For Kestrel and the one line.</param>
internal sealed class AdminServer(
    string path, IHttpApplication<HttpContext> application, IServiceProvider services, ILoggerFactory loggers) : IHostedService, IDisposable
{
    private KestrelServer? _kestrel;
    private long _inode;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (path.Length == 0)
            return;
        try
        {
            _kestrel = Create();
            await _kestrel.StartAsync(application, cancellationToken);
            _inode = SocketFile.Inode(path);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            AdminLog.NotServed(loggers.CreateLogger<AdminServer>(), e.Message);
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        RemoveFile();
        if (_kestrel is not null)
            await _kestrel.StopAsync(cancellationToken);
    }

    public void Dispose()
    {
        // Not stopped, where another part of the host failed to start.
        RemoveFile();
        _kestrel?.Dispose();
    }

    private KestrelServer Create()
    {
        var options = new KestrelServerOptions { ApplicationServices = services };
        AdminLimits.Apply(options);
        options.ListenUnixSocket(path, endPoint => endPoint.Protocols = HttpProtocols.Http1);
        var transport = new SocketTransportOptions
        {
            CreateBoundListenSocket = _ => UnixListener.Create(path, UnixFileMode.UserRead | UnixFileMode.UserWrite),
        };
        return new KestrelServer(Options.Create(options), new SocketTransportFactory(Options.Create(transport), loggers), loggers);
    }

    // Only while it is still ours: a successor may have put its own in its place.
    private void RemoveFile()
    {
        if (_inode != 0 && SocketFile.Inode(path) == _inode)
            File.Delete(path);
        _inode = 0;
    }
}
