using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>
/// What goes on at a node where nothing is stuck: an application comes up, runs and goes down, others look at it all the while, and the engine
/// itself checks health. Each is as its model calls: docker compose, Traefik, Watchtower, cAdvisor.
/// </summary>
/// <param name="api">Calls by the socket under test.</param>
/// <param name="services">Containers of the application.</param>
/// <param name="length">How long it runs before it goes down.</param>
internal sealed class BusyNode(EngineApi api, int services, TimeSpan length) : IDisposable
{
    private const string Project = "{\"label\":[\"com.docker.compose.project=shop\"]}";
    private const string Changes = "{\"type\":[\"container\"],\"event\":[\"start\",\"die\",\"health_status\"]}";

    /// <summary>So many have a check of their health.</summary>
    private const int Checked = 3;

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1), Limit = TimeSpan.FromSeconds(120);

    private readonly ConcurrentDictionary<string, int> _answers = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _goingDown = new(), _down = new();

    /// <summary>Who asked what, and how it was answered; how often each depends on chance.</summary>
    public IReadOnlyDictionary<string, int> Answers => _answers;

    /// <summary>The slowest answer to one who only looks.</summary>
    public TimeSpan Slowest { get; private set; }

    /// <summary>Comes up, runs, goes down.</summary>
    public async Task RunAsync()
    {
        var (traefik, watchtower) = (TraefikAsync(), RepeatAsync(() => LookAsync("Watchtower", withImages: true), _down.Token));
        var cadvisor = RepeatAsync(StatsAsync, _goingDown.Token);
        await UpAsync();
        var clock = Stopwatch.StartNew();
        await HealthyAsync();
        if (clock.Elapsed < length) await Task.Delay(length - clock.Elapsed);

        // What an engine says of a container whose statistics it takes as it ends depends on the moment.
        await _goingDown.CancelAsync();
        await cadvisor;
        await Task.WhenAll(Names().Select(DownAsync));
        await _down.CancelAsync();
        await Task.WhenAll(traefik, watchtower);
    }

    public void Dispose()
    {
        _goingDown.Dispose();
        _down.Dispose();
    }

    private IEnumerable<string> Names() => Enumerable.Range(0, services).Select(number => $"shop-web-{number}");

    private async Task UpAsync()
    {
        await AskAsync("compose", HttpMethod.Get, "/networks");
        await AskAsync("compose", HttpMethod.Get, $"/containers/json?all=1&filters={Uri.EscapeDataString(Project)}");
        await Task.WhenAll(Names().Select((name, number) => UpAsync(name, number < Checked)));
    }

    private async Task UpAsync(string name, bool isChecked)
    {
        var body = new
        {
            Dockerd.Image,
            Cmd = new[] { "sleep", "1000" },
            Labels = new Dictionary<string, string> { ["com.docker.compose.project"] = "shop" },
            Healthcheck = isChecked ? new { Test = new[] { "CMD", "true" }, Interval = 1_000_000_000L, Timeout = 60_000_000_000L } : null,

            // As in the lives of HealthyLifeTests: 20.10 may hang for good when many sandboxes end at once.
            NetworkDisabled = true,
        };
        await AskAsync("compose", HttpMethod.Post, $"/containers/create?name={name}", "/containers/create", body);
        await AskAsync("compose", HttpMethod.Get, $"/containers/{name}/json", "/containers/NAME/json");
        await AskAsync("compose", HttpMethod.Post, $"/containers/{name}/start", "/containers/NAME/start");
        await AskAsync("compose", HttpMethod.Get, $"/containers/{name}/json", "/containers/NAME/json");
    }

    private async Task DownAsync(string name)
    {
        await AskAsync("compose", HttpMethod.Post, $"/containers/{name}/stop?t=1", "/containers/NAME/stop");
        await AskAsync("compose", HttpMethod.Delete, $"/containers/{name}", "/containers/NAME");
    }

    private async Task HealthyAsync()
    {
        var isWell = await Poll.UntilAsync(
            async () =>
            {
                foreach (var name in Names().Take(Checked))
                {
                    var state = (await api.GetAsync($"/containers/{name}/json")).GetProperty("State");
                    if (state.GetProperty("Health").GetProperty("Status").GetString() != "healthy") return false;
                }

                return true;
            },
            Limit, everyMs: 250);
        Count(isWell is null ? "health: never" : "health: as checked");
    }

    // Whatever happens, it asks for all there is.
    private async Task TraefikAsync()
    {
        try
        {
            using var events = await api.SendAsync(
                HttpMethod.Get, $"/events?filters={Uri.EscapeDataString(Changes)}", cancellationToken: _down.Token);
            using var lines = new StreamReader(await events.Content.ReadAsStreamAsync(_down.Token));
            while (await lines.ReadLineAsync(_down.Token) is not null) await LookAsync("Traefik", withImages: false);
            Count("Traefik: its events ended");
        }
        catch (OperationCanceledException)
        {
            // It is told to go.
        }
    }

    private async Task LookAsync(string who, bool withImages)
    {
        foreach (var container in await ListAsync(who))
        {
            if (_down.IsCancellationRequested) return;
            var clock = Stopwatch.StartNew();
            await AskAsync(who, HttpMethod.Get, $"/containers/{container}/json", "/containers/ID/json");
            if (clock.Elapsed > Slowest) Slowest = clock.Elapsed;
            if (withImages) await AskAsync(who, HttpMethod.Get, $"/images/{Dockerd.Image}/json");
        }
    }

    private async Task StatsAsync() => await Task.WhenAll((await ListAsync("cAdvisor")).Select(container => AskAsync(
        "cAdvisor", HttpMethod.Get, $"/containers/{container}/stats?stream=0&one-shot=1", "/containers/ID/stats")));

    private async Task<string[]> ListAsync(string who)
    {
        var list = await AskAsync(who, HttpMethod.Get, "/containers/json");
        using var document = JsonDocument.Parse(list);
        return [.. document.RootElement.EnumerateArray().Select(it => it.GetProperty("Id").GetString()!)];
    }

    // Begun each second, whether the ones before are answered or not.
    private static async Task RepeatAsync(Func<Task> look, CancellationToken cancellationToken)
    {
        var looks = new List<Task>();
        for (var clock = Stopwatch.StartNew(); !cancellationToken.IsCancellationRequested;)
        {
            looks.Add(look());
            var next = Second * looks.Count - clock.Elapsed;
            if (next > TimeSpan.Zero) await Task.WhenAny(Task.Delay(next, cancellationToken));
        }

        await Task.WhenAll(looks);
    }

    private async Task<string> AskAsync(string who, HttpMethod method, string path, string? name = null, object? json = null)
    {
        using var answer = await api.SendAsync(method, path, json).WaitAsync(Limit);
        Count($"{who}: {method} {name ?? path.Split('?')[0]}: {(int)answer.StatusCode} {answer.Content.Headers.ContentType}");
        return await answer.Content.ReadAsStringAsync().WaitAsync(Limit);
    }

    private void Count(string what) => _answers.AddOrUpdate(what, 1, static (_, count) => count + 1);
}
