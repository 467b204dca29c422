using System.Net.Http.Json;
using System.Text.Json;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>The few calls that tests need to set things up. Every call has a connection of its own, so that counts stay clean.</summary>
internal sealed class EngineApi : IDisposable
{
    private readonly HttpClient _http;

    public EngineApi(string socket)
    {
        var handler = UnixHandler.To(socket);
        handler.PooledConnectionLifetime = TimeSpan.Zero;
        _http = new HttpClient(handler) { BaseAddress = new Uri("http://docker"), Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Any call; the caller disposes the answer.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object? json = null, CancellationToken cancellationToken = default)
    {
        var request = new HttpRequestMessage(method, path);
        if (json is not null)
            request.Content = JsonContent.Create(json);
        return _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    /// <summary>A POST.</summary>
    /// <returns>Status and body.</returns>
    public async Task<(int Status, string Body)> PostAsync(string path, object? json = null, CancellationToken cancellationToken = default)
    {
        using var answer = await SendAsync(HttpMethod.Post, path, json, cancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(cancellationToken));
    }

    public async Task<string> GetTextAsync(string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, path);
        var text = await answer.Content.ReadAsStringAsync();
        if (!answer.IsSuccessStatusCode)
            throw new HttpRequestException($"GET {path}: {(int)answer.StatusCode} {text}");
        return text;
    }

    public async Task<byte[]> GetBytesAsync(string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, path);
        return await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync();
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var document = JsonDocument.Parse(await GetTextAsync(path));
        return document.RootElement.Clone();
    }

    /// <summary>Creates and starts a container. <paramref name="body"/> overrides the body of the create call.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> RunAsync(string name, string[] command, Dictionary<string, object>? body = null)
    {
        var id = await CreateAsync(name, command, body);
        var (status, text) = await PostAsync($"/containers/{id}/start");
        return status == 204 ? id : throw new HttpRequestException($"start {name}: {status} {text}");
    }

    /// <summary>Creates a container.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> CreateAsync(string name, string[] command, Dictionary<string, object>? body = null)
    {
        body = new Dictionary<string, object>(body ?? []) { ["Image"] = Dockerd.Image, ["Cmd"] = command };
        var (status, text) = await PostAsync($"/containers/create?name={name}", body);
        if (status != 201)
            throw new HttpRequestException($"create {name}: {status} {text}");
        using var document = JsonDocument.Parse(text);
        return document.RootElement.GetProperty("Id").GetString()!;
    }

    /// <summary>Starts an exec that nobody is attached to.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> ExecAsync(string container, params string[] command)
    {
        var (status, text) = await PostAsync($"/containers/{container}/exec", new { Cmd = command });
        if (status != 201)
            throw new HttpRequestException($"exec in {container}: {status} {text}");
        using var document = JsonDocument.Parse(text);
        var exec = document.RootElement.GetProperty("Id").GetString()!;
        (status, text) = await PostAsync($"/exec/{exec}/start", new { Detach = true });
        return status == 200 ? exec : throw new HttpRequestException($"exec in {container}: {status} {text}");
    }

    /// <summary>Removes a container by force, if there is one.</summary>
    public async Task RemoveAsync(string name)
    {
        using var answer = await SendAsync(HttpMethod.Delete, $"/containers/{name}?force=1&v=1");
    }

    /// <summary>Removes all containers by force.</summary>
    public async Task RemoveAllAsync()
    {
        foreach (var container in (await GetAsync("/containers/json?all=1")).EnumerateArray())
            await RemoveAsync(container.GetProperty("Id").GetString()!);
    }

    public void Dispose() => _http.Dispose();
}
