using System.Collections.Concurrent;
using DockerGuardProxy.Engine;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace DockerGuardProxy.Tests.Hosting;

/// <summary>Tests in HTTP/2 through the running proxy, to an engine that speaks both versions and answers as the test says.</summary>
public abstract class Http2Tests : IAsyncLifetime
{
    private Http2Engine _engine = null!;

    /// <summary>The full id of the one container there is: <c>web</c>.</summary>
    private protected static string Id { get; } = new('a', 64);

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected ProxyRig Rig { get; private set; } = null!;

    private protected HttpMessageInvoker Client { get; private set; } = null!;

    /// <summary>Calls that came to the engine: version, method and target. Pings are left out, of which some tests send thousands.</summary>
    private protected ConcurrentQueue<string> Seen { get; } = new();

    /// <summary>What answers may wait for; done at the test's end.</summary>
    private protected TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private protected RequestDelegate Answer { get; set; } = static http => http.Response.WriteAsync("ok");

    public async ValueTask InitializeAsync()
    {
        Rig = await ProxyRig.StartAsync();
        Rig.Know(new ListedContainer(Id, ["/web"], Running: true, Pod: null));
        _engine = await Http2Engine.StartAsync(Rig.EnginePath, http =>
        {
            var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            if (target != "/_ping") Seen.Enqueue($"{http.Request.Protocol} {http.Request.Method} {target}");
            return Answer(http);
        });
        Client = Http2Client.To(Rig.SocketPath);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Release.TrySetResult();
        Client.Dispose();
        await Rig.DisposeAsync();
        await _engine.DisposeAsync();
    }
}
