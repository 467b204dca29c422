using System.Formats.Tar;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace DockerGuardProxy.Demo.Real;

/// <summary>The calls of the engine's API that set a real play up. Each throws a <see cref="LostEngineException"/> where no answer comes.</summary>
/// <param name="socketPath">The engine's socket.</param>
/// <param name="time">Clock.</param>
internal sealed class RealApi(string socketPath, TimeProvider time) : IDisposable
{
    // A healthy engine takes milliseconds for a question, and a second to make, start or remove a container on a slow disk.
    private static readonly TimeSpan QuestionLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ChangeLimit = TimeSpan.FromSeconds(30);

    private const int RemovalAttempts = 50;
    private static readonly TimeSpan RemovalGap = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://docker/"),
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Number of containers, running or not.</summary>
    public async Task<int> CountAsync(CancellationToken cancellationToken) =>
        (await GetAsync("containers/json?all=1", cancellationToken)).AsArray().Count;

    /// <summary>Open descriptors and goroutines of the engine.</summary>
    public async Task<(int Descriptors, int Goroutines)> InfoAsync(CancellationToken cancellationToken)
    {
        var info = await GetAsync("info", cancellationToken);
        return ((int)info["NFd"]!, (int)info["NGoroutines"]!);
    }

    /// <summary>Imports an image with nothing but the host's busybox in it, and no name that somebody else's could have.</summary>
    /// <returns>Its id. Not cancelled: what has been made must be known.</returns>
    /// <exception cref="DemoException">There is no busybox, or the engine does not take it.</exception>
    public async Task<string> ImportAsync()
    {
        var busybox = Tool.Find("busybox") ?? throw new DemoException("a static busybox is needed (Debian: busybox-static)");
        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            await writer.WriteEntryAsync(busybox, "bin/busybox");
            foreach (var name in (string[])["sh", "touch", "sleep"])
                await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, $"bin/{name}") { LinkName = "busybox" });
        }

        tar.Position = 0;
        using var body = new StreamContent(tar);
        var answer = await SendAsync(HttpMethod.Post, "images/create?fromSrc=-", body, CancellationToken.None);

        // Progress as JSON, line by line, the last of which has the id or what went wrong.
        var last = JsonNode.Parse(answer.Trim().Split('\n')[^1])!;
        return (string?)last["status"] is { } id && id.StartsWith("sha256:", StringComparison.Ordinal)
            ? id
            : throw new DemoException($"the engine does not take the image: {last["error"] ?? last}");
    }

    /// <summary>Creates a container.</summary>
    /// <returns>Its id. Not cancelled: what has been made must be known.</returns>
    /// <exception cref="DemoException">The name is another's, or the like.</exception>
    public async Task<string> CreateAsync(string name, JsonObject spec)
    {
        using var body = new StringContent(spec.ToJsonString(), Encoding.UTF8, "application/json");
        var answer = await SendAsync(HttpMethod.Post, $"containers/create?name={name}", body, CancellationToken.None);
        return (string)JsonNode.Parse(answer)!["Id"]!;
    }

    /// <summary>Starts a container.</summary>
    public Task StartAsync(string id, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"containers/{id}/start", null, cancellationToken);

    /// <summary>The process id of a container's first process.</summary>
    public async Task<int> PidAsync(string id, CancellationToken cancellationToken) =>
        (int)(await GetAsync($"containers/{id}/json", cancellationToken))["State"]!["Pid"]!;

    /// <summary>Whether the engine lists a container as running; that takes no lock of it.</summary>
    public async Task<bool> IsRunningAsync(string id, CancellationToken cancellationToken)
    {
        var filters = Uri.EscapeDataString($$"""{"id":["{{id}}"]}""");
        return (await GetAsync($"containers/json?filters={filters}", cancellationToken)).AsArray().Count > 0;
    }

    /// <summary>Lets a container go on that was paused, or is not.</summary>
    public Task UnpauseAsync(string id) => SendAsync(HttpMethod.Post, $"containers/{id}/unpause", null, CancellationToken.None, 409, 500);

    /// <summary>Removes a container, if it is still there.</summary>
    /// <exception cref="DemoException">The engine refuses it again and again.</exception>
    public async Task RemoveAsync(string id)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await SendAsync(HttpMethod.Delete, $"containers/{id}?force=1", null, CancellationToken.None, 404);
                return;
            }
            catch (DemoException e) when (e is not LostEngineException && attempt < RemovalAttempts)
            {
                // A container that ends by itself between the engine's look at it and its kill is an error to 20.10.5 ("is not running"), as is a
                // file system that is still busy.
                await Task.Delay(RemovalGap, time);
            }
        }
    }

    /// <summary>Removes an image, if it is still there.</summary>
    public Task RemoveImageAsync(string id) => SendAsync(HttpMethod.Delete, $"images/{id}", null, CancellationToken.None, 404);

    /// <summary>Calls back for each signal that the engine has sent to a container from now on, until cancelled.</summary>
    public async Task<Task> WatchSignalsAsync(string container, Action<int> signalled, CancellationToken cancellationToken)
    {
        var filters = Uri.EscapeDataString($$"""{"container":["{{container}}"],"event":["kill"]}""");
        var target = $"events?filters={filters}";
        var answer = await AnswerAsync(
            "GET events",
            limited => _client.GetAsync(new Uri(target, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, limited),
            QuestionLimit,
            cancellationToken);
        return ReadAsync();

        async Task ReadAsync()
        {
            using (answer)
            using (var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken)))
            {
                while (await reader.ReadLineAsync(cancellationToken) is { } line)
                    signalled(int.Parse((string)JsonNode.Parse(line)!["Actor"]!["Attributes"]!["signal"]!, null));
            }
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<JsonNode> GetAsync(string target, CancellationToken cancellationToken) =>
        JsonNode.Parse(await AnswerAsync(
            $"GET {target}", limited => _client.GetStringAsync(new Uri(target, UriKind.Relative), limited), QuestionLimit, cancellationToken))!;

    private Task<string> SendAsync(HttpMethod method, string target, HttpContent? body, CancellationToken cancellationToken, params int[] alsoFine) =>
        AnswerAsync(
            $"{method} {target}",
            async limited =>
            {
                using var request = new HttpRequestMessage(method, new Uri(target, UriKind.Relative)) { Content = body };
                using var answer = await _client.SendAsync(request, limited);
                var text = await answer.Content.ReadAsStringAsync(limited);
                return answer.IsSuccessStatusCode || alsoFine.Contains((int)answer.StatusCode)
                    ? text
                    : throw new DemoException($"the engine answered {(int)answer.StatusCode} to {method} {target}: {text.Trim()}");
            },
            ChangeLimit,
            cancellationToken);

    /// <exception cref="LostEngineException">None comes.</exception>
    private async Task<T> AnswerAsync<T>(string call, Func<CancellationToken, Task<T>> send, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await send(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LostEngineException($"{socketPath}: the engine is silent: no answer to {call} in {limit.TotalSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new LostEngineException($"{socketPath}: no engine answers there: {e.GetBaseException().Message}");
        }
    }
}
