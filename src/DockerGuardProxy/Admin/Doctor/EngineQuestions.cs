using System.Text;
using System.Text.Json;
using DockerGuardProxy.Admin.Bundle;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Admin.Doctor;

/// <summary>What the doctor asks the engine: only what takes no container's lock, each once and for a few seconds.</summary>
internal static class EngineQuestions
{
    private const int MaxProfile = 4 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Asks all.</summary>
    public static async Task<EngineExamination> AskAsync(EngineExamination engine, CancellationToken cancellationToken)
    {
        try
        {
            var greeting = await EngineGreeting.AskAsync(engine.Path, cancellationToken);
            engine = engine with { Version = VersionOf(greeting.Server) };
        }
        catch (AdminException e)
        {
            return engine with { Error = e.Message };
        }

        using var http = SocketHttp.Create(engine.Path, Limit);
        var profile = await TryAsync(() => ReadProfileAsync(http, cancellationToken));
        return engine with
        {
            Running = await TryAsync(() => ListAsync(http, cancellationToken)),
            IsDebug = profile is null ? null : profile.Length > 0,
            WaitingGoroutines = profile is null ? null : GoroutineProfile.Waiting(profile),
        };
    }

    /// <summary><c>Docker/20.10.5+dfsg1 (linux)</c>.</summary>
    internal static string? VersionOf(string? server) =>
        server?.StartsWith("Docker/", StringComparison.Ordinal) == true ? server["Docker/".Length..].Split(' ')[0] : null;

    private static async Task<IReadOnlyList<SeenContainer>?> ListAsync(HttpClient http, CancellationToken cancellationToken)
    {
        using var page = JsonDocument.Parse(await http.GetStringAsync(new Uri("/containers/json", UriKind.Relative), cancellationToken));
        return
        [
            .. page.RootElement.EnumerateArray().Select(container => new SeenContainer(
                container.GetProperty("Id").GetString() ?? "",
                container.GetProperty("Names").EnumerateArray().Select(name => name.GetString()!.TrimStart('/'))
                    .FirstOrDefault(name => !name.Contains('/', StringComparison.Ordinal)) ?? "")),
        ];
    }

    /// <summary>Empty where the engine serves none.</summary>
    private static async Task<string?> ReadProfileAsync(HttpClient http, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/debug/pprof/goroutine?debug=1");
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            return "";
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxProfile];
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        return Encoding.UTF8.GetString(buffer.AsSpan(0, await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, limit.Token)));
    }

    private static async Task<T?> TryAsync<T>(Func<Task<T?>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException
            or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
