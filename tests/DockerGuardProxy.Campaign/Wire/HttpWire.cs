using System.Globalization;
using System.Text;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Campaign.Wire;

/// <summary>One HTTP/1.1 connection of a client, kept over calls. No library in between: what breaks, breaks here.</summary>
internal sealed class HttpWire : IDisposable
{
    private const string StatusLine = "HTTP/1.1 ";

    private readonly RawClient _client;

    // Of a stream: its bytes come in chunks, and so does its end.
    private bool _isChunked;

    private HttpWire(RawClient client) => _client = client;

    /// <summary>True once a call has left it in a state where another may follow.</summary>
    public bool IsIdle { get; private set; } = true;

    /// <summary>Connects.</summary>
    public static async Task<HttpWire> ConnectAsync(string path) => new(await RawClient.ConnectAsync(path));

    /// <summary>One call and its whole answer.</summary>
    /// <exception cref="IOException">The connection ended before the answer did.</exception>
    public async Task<Answer> ExchangeAsync(
        string method, string target, ReadOnlyMemory<byte> body, string contentType, CancellationToken cancellationToken)
    {
        IsIdle = false;
        var head = new StringBuilder($"{method} {target} HTTP/1.1\r\nHost: docker\r\n");
        if (method != "GET")
            head.Append(CultureInfo.InvariantCulture, $"Content-Type: {contentType}\r\nContent-Length: {body.Length}\r\n");
        head.Append("\r\n");
        await SendAsync(head, body);
        var (status, fields) = await HeadAsync(cancellationToken);
        var answer = new Answer(status, fields.GetValueOrDefault("docker-guard-proxy"), await BodyAsync(status, fields, cancellationToken));
        IsIdle = !fields.GetValueOrDefault("connection", "").Equals("close", StringComparison.OrdinalIgnoreCase);
        return answer;
    }

    /// <summary>A call whose answer goes on for as long as the engine likes: the connection is its own from now on.</summary>
    /// <returns>False where the answer is no stream; <paramref name="refused"/> has been told of it then.</returns>
    public async Task<bool> OpenAsync(
        string method, string target, ReadOnlyMemory<byte> body, Action<Answer> refused, CancellationToken cancellationToken)
    {
        IsIdle = false;
        var upgrade = method == "GET"
            ? ""
            : $"Connection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n";
        await SendAsync(new StringBuilder($"{method} {target} HTTP/1.1\r\nHost: docker\r\n{upgrade}\r\n"), body);
        var (status, fields) = await HeadAsync(cancellationToken);
        _isChunked = IsChunked(fields);
        if (status is 101 or 200) return true;
        refused(new Answer(status, fields.GetValueOrDefault("docker-guard-proxy"), await BodyAsync(status, fields, cancellationToken)));
        return false;
    }

    /// <summary>What a stream still brings, to its end, or to where it is cut.</summary>
    /// <exception cref="OperationCanceledException">It has not ended in time.</exception>
    public async Task<byte[]> RestAsync(CancellationToken cancellationToken)
    {
        using var rest = new MemoryStream();
        if (_isChunked)
        {
            try
            {
                await ChunksAsync(rest, cancellationToken);
            }
            catch (Exception e) when (e is IOException or FormatException)
            {
                // Cut: what came before is the begin of it.
            }

            return rest.ToArray();
        }

        return await _client.RestAsync(rest, cancellationToken) ? rest.ToArray() : throw new OperationCanceledException(cancellationToken);
    }

    /// <summary>The next line of a stream; null at its end.</summary>
    public Task<string?> LineAsync(CancellationToken cancellationToken) => _client.LineAsync(cancellationToken);

    public void Dispose() => _client.Dispose();

    private async Task SendAsync(StringBuilder head, ReadOnlyMemory<byte> body)
    {
        byte[] request = [.. Encoding.ASCII.GetBytes(head.ToString()), .. body.Span];
        if (!await _client.SendAsync(request)) throw new IOException("the connection was closed before the request was sent");
    }

    private async Task<(int Status, Dictionary<string, string> Fields)> HeadAsync(CancellationToken cancellationToken)
    {
        var line = await _client.LineAsync(cancellationToken) ?? throw new IOException("the connection was closed without an answer");
        if (!line.StartsWith(StatusLine, StringComparison.Ordinal) || line.Length < StatusLine.Length + 3)
            throw new IOException($"no status line: {line}");
        var status = int.Parse(line.AsSpan(StatusLine.Length, 3), NumberStyles.None, CultureInfo.InvariantCulture);
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await _client.LineAsync(cancellationToken) is { } field)
        {
            if (field.Length == 0) return (status, fields);
            var colon = field.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) throw new IOException($"no field: {field}");
            fields[field[..colon]] = field[(colon + 1)..].Trim();
        }

        throw new IOException("the connection was closed inside a head");
    }

    private async Task<byte[]> BodyAsync(int status, Dictionary<string, string> fields, CancellationToken cancellationToken)
    {
        if (status is 204 or 304) return [];
        if (fields.TryGetValue("content-length", out var length))
            return await BytesAsync(int.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture), cancellationToken);
        using var body = new MemoryStream();
        if (IsChunked(fields)) await ChunksAsync(body, cancellationToken);
        else if (!await _client.RestAsync(body, cancellationToken)) throw new OperationCanceledException(cancellationToken);
        return body.ToArray();
    }

    private static bool IsChunked(Dictionary<string, string> fields) =>
        fields.GetValueOrDefault("transfer-encoding", "").Equals("chunked", StringComparison.OrdinalIgnoreCase);

    private async Task ChunksAsync(MemoryStream body, CancellationToken cancellationToken)
    {
        while (true)
        {
            var line = await _client.LineAsync(cancellationToken) ?? throw new IOException("the connection was closed before a chunk");
            var size = int.Parse(line, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            body.Write(await BytesAsync(size, cancellationToken));
            if (await _client.LineAsync(cancellationToken) is not "") throw new IOException("the connection was closed inside a chunk");
            if (size == 0) return;
        }
    }

    private async Task<byte[]> BytesAsync(int count, CancellationToken cancellationToken)
    {
        var bytes = await _client.BytesAsync(count, cancellationToken);
        return bytes.Length == count ? bytes : throw new IOException($"the connection was closed after {bytes.Length} of {count} bytes of a body");
    }
}
