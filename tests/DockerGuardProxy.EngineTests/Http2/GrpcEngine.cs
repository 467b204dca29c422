using DockerGuardProxy.EngineTests.Lab;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.EngineTests.Http2;

/// <summary>An engine's socket with a service of gRPC on it, and nothing else.</summary>
internal sealed class GrpcEngine : IAsyncDisposable
{
    private readonly WebApplication _kestrel;

    private GrpcEngine()
    {
        SocketPath = Machine.NewPath("r") + ".sock";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.Http2.MaxStreamsPerConnection = 250;
            options.ListenUnixSocket(SocketPath, endPoint => endPoint.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddGrpc();
        builder.Services.AddSingleton<EchoServer>();
        _kestrel = builder.Build();
        _kestrel.MapGrpcService<EchoServer>();
    }

    public string SocketPath { get; }

    public static async Task<GrpcEngine> StartAsync()
    {
        var engine = new GrpcEngine();
        await engine._kestrel.StartAsync();
        return engine;
    }

    public async ValueTask DisposeAsync()
    {
        await _kestrel.StopAsync(new CancellationToken(canceled: true));
        await _kestrel.DisposeAsync();
    }
}
