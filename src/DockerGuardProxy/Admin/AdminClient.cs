using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Admin;

/// <summary>Asks a running proxy over its admin socket.</summary>
internal sealed class AdminClient : IDisposable
{
    /// <summary>For a whole exchange. A proxy that works answers within milliseconds.</summary>
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http;
    private readonly string _path;
    private readonly TimeSpan _limit;

    /// <param name="path">Path of the admin socket.</param>
    /// <param name="limit">For a whole exchange; 10 s if null.</param>
    public AdminClient(string path, TimeSpan? limit = null)
    {
        _limit = limit ?? DefaultLimit;
        _path = LogText.Escape(path, 4096);
        _http = SocketHttp.Create(path, _limit);
    }

    /// <summary>Asks. An answer with any HTTP status is one.</summary>
    /// <exception cref="AdminException">Nobody answers there, or not by HTTP.</exception>
    public async Task<AdminAnswer> AskAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path);
            using var response = await _http.SendAsync(request, cancellationToken);
            return new AdminAnswer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (HttpRequestException e)
        {
            throw new AdminException($"{_path}: {SocketHttp.Describe(e, "the proxy")}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AdminException($"{_path}: no answer within {_limit.TotalSeconds:0.#} s", e);
        }
    }

    /// <summary>Reads a report.</summary>
    /// <exception cref="AdminException">It is none; then an error message that was sent in its place is told.</exception>
    public T Read<T>(AdminAnswer answer, JsonTypeInfo<T> type)
    {
        if (TryRead(answer, type) is { } report)
            return report;
        throw new AdminException(TryRead(answer, ReportJson.Default.ErrorReport) is { } error
            ? $"{_path}: {LogText.Escape(error.Message, 1000)}"
            : $"{_path}: the answer is not understood; is it a proxy of another version?");
    }

    public void Dispose() => _http.Dispose();

    private static T? TryRead<T>(AdminAnswer answer, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(answer.Body.Span, type);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
