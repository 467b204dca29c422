using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace DockerGuardProxy.Demo.Incident;

/// <summary>A client of the engine's API on a Unix socket. Callers that give up leave, as kubelet does: their connection is closed.</summary>
[SuppressMessage("Reliability", "CA2000", Justification = "The handler is the client's, the socket the stream's.")]
internal sealed class DockerCalls(string socketPath) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        ActivityHeadersPropagator = null,

        // Each caller is another process: none leaves a connection to the next.
        PooledConnectionLifetime = TimeSpan.Zero,
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    })
    {
        // Without a version: the newest engines take none as old as the leaky ones speak.
        BaseAddress = new Uri("http://docker/"),
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary><c>docker stop</c>: status, and the error's text.</summary>
    public async Task<(int Status, string Message)> StopAsync(string container, int seconds, CancellationToken cancellationToken)
    {
        using var answer = await PostAsync($"containers/{container}/stop?t={seconds}", cancellationToken);
        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        return ((int)answer.StatusCode, body.Length == 0 ? "" : (string?)JsonNode.Parse(body)?["message"] ?? "");
    }

    /// <summary><c>docker ps</c>.</summary>
    public Task ListAsync(CancellationToken cancellationToken) =>
        GetAsync("containers/json", cancellationToken);

    /// <summary>Reads something whole.</summary>
    /// <exception cref="HttpRequestException">The answer is an error.</exception>
    public Task<string> GetAsync(string target, CancellationToken cancellationToken) =>
        _client.GetStringAsync(new Uri(target, UriKind.Relative), cancellationToken);

    /// <summary>Asks for something to be done.</summary>
    public Task<HttpResponseMessage> PostAsync(string target, CancellationToken cancellationToken) =>
        _client.PostAsync(new Uri(target, UriKind.Relative), null, cancellationToken);

    public void Dispose() => _client.Dispose();
}
