using System.Text.Json;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>A real receiver of OTLP, over both protocols, that can be asked what it has received.</summary>
internal sealed class AspireDashboard : IAsyncDisposable
{
    private readonly Daemon _daemon;
    private readonly HttpClient _client;

    private AspireDashboard(Daemon daemon, int page, int grpc, int http)
    {
        _daemon = daemon;
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{page}") };
        Grpc = $"http://127.0.0.1:{grpc}";
        Http = $"http://127.0.0.1:{http}";
    }

    /// <summary>Endpoint of OTLP over gRPC.</summary>
    public string Grpc { get; }

    /// <summary>Endpoint of OTLP over http/protobuf.</summary>
    public string Http { get; }

    /// <summary>Its page for people.</summary>
    public Uri Page => _client.BaseAddress!;

    public static async Task<AspireDashboard> StartAsync()
    {
        var (page, grpc, http) = (FreePort.Take(), FreePort.Take(), FreePort.Take());
        var folder = Machine.NewPath("o");
        Directory.CreateDirectory(folder);
        var daemon = Daemon.Start(
            Path.Combine(folder, "log"), [Path.Combine(Machine.Cache, "aspire/tools/Aspire.Dashboard")], new Dictionary<string, string>
            {
                ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{page}",
                ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = $"http://127.0.0.1:{grpc}",
                ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = $"http://127.0.0.1:{http}",
                ["ASPIRE_DASHBOARD_UNSECURED_ALLOW_ANONYMOUS"] = "true",
            });
        var dashboard = new AspireDashboard(daemon, page, grpc, http);
        if (await Poll.UntilAsync(dashboard.AnswersAsync, TimeSpan.FromSeconds(60), 200) is not null)
            return dashboard;
        var log = daemon.Tail();
        await dashboard.DisposeAsync();
        throw new InvalidOperationException($"The dashboard did not start:\n{log}");
    }

    /// <summary>Every span it has.</summary>
    public async Task<IReadOnlyList<ReceivedSpan>> SpansAsync()
    {
        using var json = JsonDocument.Parse(await _client.GetStringAsync("/api/telemetry/traces?limit=10000"));
        return
        [
            .. Items(json.RootElement.GetProperty("data"), "resourceSpans")
                .SelectMany(resource => Items(resource, "scopeSpans"))
                .SelectMany(scope => Items(scope, "spans"))
                .Select(ReceivedSpan.Read),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _daemon.Signal(9);
        await _daemon.WaitAsync(TimeSpan.FromSeconds(5));
        _daemon.Dispose();
    }

    internal static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var answer = await _client.GetAsync("/api/telemetry/traces");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
