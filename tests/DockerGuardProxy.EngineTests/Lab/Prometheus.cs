using System.Globalization;
using System.Text.Json;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>A real Prometheus that scrapes one address every second.</summary>
internal sealed class Prometheus : IAsyncDisposable
{
    private readonly Daemon _daemon;
    private readonly HttpClient _client;

    private Prometheus(Daemon daemon, int port)
    {
        _daemon = daemon;
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
    }

    /// <summary>Starts it, and waits until it has scraped.</summary>
    /// <param name="address">Where the metrics are.</param>
    public static async Task<Prometheus> StartAsync(string address)
    {
        var folder = Machine.NewPath("m");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "prometheus.yml"), $"""
            global:
              scrape_interval: 1s
            scrape_configs:
              - job_name: docker-guard-proxy
                static_configs:
                  - targets: ["{address}"]
            """);
        var port = FreePort.Take();
        var daemon = Daemon.Start(
            Path.Combine(folder, "log"),
            ["prometheus", $"--config.file={folder}/prometheus.yml", $"--storage.tsdb.path={folder}/data", $"--web.listen-address=127.0.0.1:{port}"]);
        var prometheus = new Prometheus(daemon, port);
        if (await Poll.UntilAsync(prometheus.HasScrapedAsync, TimeSpan.FromSeconds(60), 200) is not null)
            return prometheus;
        var log = daemon.Tail();
        await prometheus.DisposeAsync();
        throw new InvalidOperationException($"Prometheus has not scraped {address}:\n{log}");
    }

    /// <summary>The samples of an instant query.</summary>
    /// <exception cref="InvalidOperationException">Prometheus does not take it.</exception>
    public async Task<IReadOnlyList<double>> QueryAsync(string query)
    {
        using var json = await AskAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}");
        return
        [
            .. json.RootElement.GetProperty("data").GetProperty("result").EnumerateArray()
                .Select(sample => double.Parse(sample.GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture)),
        ];
    }

    /// <summary>The names of all metrics that it has.</summary>
    public async Task<IReadOnlySet<string>> NamesAsync()
    {
        using var json = await AskAsync("/api/v1/label/__name__/values");
        return json.RootElement.GetProperty("data").EnumerateArray().Select(name => name.GetString()!).ToHashSet();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _daemon.Signal(15);
        if (await _daemon.WaitAsync(TimeSpan.FromSeconds(10)) is null)
            _daemon.Signal(9);
        _daemon.Dispose();
    }

    private async Task<JsonDocument> AskAsync(string path)
    {
        using var answer = await _client.GetAsync(path);
        var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return json.RootElement.GetProperty("status").GetString() == "success"
            ? json
            : throw new InvalidOperationException($"{path}: {json.RootElement}");
    }

    private async Task<bool> HasScrapedAsync()
    {
        try
        {
            return await QueryAsync("up == 1") is [1];
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            // It does not listen, or is not ready yet.
            return false;
        }
    }
}
