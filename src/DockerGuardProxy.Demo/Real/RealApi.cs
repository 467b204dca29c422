using System.Formats.Tar;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace DockerGuardProxy.Demo.Real;

/// <summary>The calls of the engine's API that set a real play up.</summary>
/// <param name="socketPath">The engine's socket.</param>
internal sealed class RealApi(string socketPath) : IDisposable
{
    private const string Busybox = "/bin/busybox";

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://docker/"),
        Timeout = TimeSpan.FromMinutes(1),
    };

    /// <summary>Number of containers, running or not.</summary>
    public async Task<int> CountAsync(CancellationToken cancellation) =>
        (await GetAsync("containers/json?all=1", cancellation)).AsArray().Count;

    /// <summary>Open descriptors and goroutines of the engine.</summary>
    public async Task<(int Descriptors, int Goroutines)> InfoAsync(CancellationToken cancellation)
    {
        var info = await GetAsync("info", cancellation);
        return ((int)info["NFd"]!, (int)info["NGoroutines"]!);
    }

    /// <summary>The engine's version.</summary>
    public async Task<string> VersionAsync(CancellationToken cancellation) => (string)(await GetAsync("version", cancellation))["Version"]!;

    /// <summary>Imports an image with nothing but the host's busybox in it.</summary>
    /// <exception cref="DemoException">There is none.</exception>
    public async Task ImportAsync(string image, CancellationToken cancellation)
    {
        if (!File.Exists(Busybox)) throw new DemoException($"{Busybox} is needed (Debian: busybox-static)");
        using var tar = new MemoryStream();
        await using (var writer = new TarWriter(tar, leaveOpen: true))
        {
            await writer.WriteEntryAsync(Busybox, "bin/busybox", cancellation);
            foreach (var name in (string[])["sh", "touch", "sleep"])
                await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, $"bin/{name}") { LinkName = "busybox" }, cancellation);
        }

        tar.Position = 0;
        using var body = new StreamContent(tar);
        await SendAsync(HttpMethod.Post, $"images/create?fromSrc=-&repo={image}&tag=latest", body, cancellation);
    }

    /// <summary>Creates and starts a container that runs a line of shell.</summary>
    public async Task RunAsync(string name, string image, string script, string? bind, CancellationToken cancellation)
    {
        var spec = new JsonObject
        {
            ["Image"] = image,
            ["Cmd"] = new JsonArray("/bin/sh", "-c", script),
            ["HostConfig"] = new JsonObject
            {
                ["NetworkMode"] = "none",
                ["Binds"] = bind is null ? new JsonArray() : new JsonArray(bind),
            },
        };
        using var body = new StringContent(spec.ToJsonString(), Encoding.UTF8, "application/json");
        await SendAsync(HttpMethod.Post, $"containers/create?name={name}", body, cancellation);
        await SendAsync(HttpMethod.Post, $"containers/{name}/start", null, cancellation);
    }

    /// <summary>Removes a container, if there is such a one.</summary>
    public Task RemoveAsync(string name, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Delete, $"containers/{name}?force=1", null, cancellation, 404);

    /// <summary>Removes an image, if there is such a one.</summary>
    public Task RemoveImageAsync(string image, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Delete, $"images/{image}?force=1", null, cancellation, 404);

    /// <summary>Calls back for each signal that the engine has sent to a container from now on, until cancelled.</summary>
    public async Task<Task> WatchSignalsAsync(string container, Action<int> signalled, CancellationToken cancellation)
    {
        var filters = Uri.EscapeDataString($$"""{"container":["{{container}}"],"event":["kill"]}""");
        var answer = await _client.GetAsync(
            new Uri($"events?filters={filters}", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, cancellation);
        return ReadAsync();

        async Task ReadAsync()
        {
            using (answer)
            using (var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellation)))
            {
                while (await reader.ReadLineAsync(cancellation) is { } line)
                    signalled(int.Parse((string)JsonNode.Parse(line)!["Actor"]!["Attributes"]!["signal"]!, null));
            }
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<JsonNode> GetAsync(string target, CancellationToken cancellation) =>
        JsonNode.Parse(await _client.GetStringAsync(new Uri(target, UriKind.Relative), cancellation))!;

    private async Task SendAsync(HttpMethod method, string target, HttpContent? body, CancellationToken cancellation, int? alsoFine = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(target, UriKind.Relative)) { Content = body };
        using var answer = await _client.SendAsync(request, cancellation);
        var text = await answer.Content.ReadAsStringAsync(cancellation);
        if (!answer.IsSuccessStatusCode && (int)answer.StatusCode != alsoFine)
            throw new DemoException($"the engine answered {(int)answer.StatusCode} to {method} {target}: {text.Trim()}");
    }
}
