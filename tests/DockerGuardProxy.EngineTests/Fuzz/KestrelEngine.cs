using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DockerGuardProxy.EngineTests.Fuzz;

/// <summary>
/// Kestrel as the HTTP lane has it, but without sockets; tells what it reads in the words of the Go engine.
/// </summary>
internal sealed class KestrelEngine : IHttpApplication<IFeatureCollection>, IAsyncDisposable
{
    private readonly MemoryListener _listener = new();
    private readonly KestrelServer _server;

    private KestrelEngine()
    {
        var options = new KestrelServerOptions { AddServerHeader = false, AllowHostHeaderOverride = true };
        options.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        options.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
        options.Limits.MinRequestBodyDataRate = null;
        options.Listen(IPAddress.Loopback, 0, endPoint => endPoint.Protocols = HttpProtocols.Http1);
        _server = new KestrelServer(Options.Create(options), _listener, NullLoggerFactory.Instance);
    }

    public static async Task<KestrelEngine> StartAsync()
    {
        var engine = new KestrelEngine();
        await engine._server.StartAsync(engine, CancellationToken.None);
        return engine;
    }

    /// <summary>Sends a stream that ends by a call after which Kestrel closes.</summary>
    public async Task<IReadOnlyList<SeenCall?>> ExchangeAsync(ReadOnlyMemory<byte> stream)
    {
        var connection = new MemoryConnection();
        _listener.Connect(connection);
        var answers = await connection.ExchangeAsync(stream).WaitAsync(TimeSpan.FromSeconds(30));
        return AnswerStream.Read(answers, stream.Span);
    }

    public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

    public async Task ProcessRequestAsync(IFeatureCollection context)
    {
        var request = context.GetRequiredFeature<IHttpRequestFeature>();
        using var body = new MemoryStream();
        var state = "whole";
        try
        {
            await request.Body.CopyToAsync(body);
        }
        catch (IOException)
        {
            state = "broken";
        }

        var bytes = body.ToArray();
        context.GetRequiredFeature<IHttpResponseFeature>().Headers["Seen"] = string.Create(
            CultureInfo.InvariantCulture, $"{request.Method} {bytes.Length} {SeenCall.HashOf(bytes):x8} {state} spares {request.RawTarget}");
        await context.GetRequiredFeature<IHttpResponseBodyFeature>().CompleteAsync();
    }

    public void DisposeContext(IFeatureCollection context, Exception? exception)
    {
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(CancellationToken.None);
        _server.Dispose();
    }
}
