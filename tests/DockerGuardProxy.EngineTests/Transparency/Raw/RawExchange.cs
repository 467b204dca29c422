using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.EngineTests.Transparency.Raw;

/// <summary>
/// One client's talk with a socket, written down so that two talks can be compared: status line and reason, headers with
/// their case (sorted; the value of Date is left out), body bytes, and whether the connection closed.
/// </summary>
internal sealed class RawExchange : IDisposable
{
    /// <summary>How long an answer may take. Generous: it is no figure.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(8);

    private readonly Dockerd _engine;
    private readonly string _socket;
    private readonly StringBuilder _transcript = new();
    private readonly List<(string Id, string Name)> _ids = [];
    private RawClient? _client;

    public RawExchange(Dockerd engine, string socket)
    {
        _engine = engine;
        _socket = socket;
    }

    public Dockerd Engine => _engine;

    /// <summary>What was seen.</summary>
    public string Transcript
    {
        get
        {
            var text = _transcript.ToString();
            foreach (var (id, name) in _ids)
                text = text.Replace(id, $"<{name}>", StringComparison.Ordinal).Replace(id[..12], $"<{name}>", StringComparison.Ordinal);
            return text;
        }
    }

    private RawClient Client => _client ?? throw new InvalidOperationException("Not connected.");

    /// <summary>Starts a container straight at the engine; the transcript hides its id.</summary>
    public async Task<string> ContainerAsync(string[] command, Dictionary<string, object>? body = null, bool start = true)
    {
        var id = start
            ? await _engine.Api.RunAsync($"raw{_ids.Count}", command, body)
            : await _engine.Api.CreateAsync($"raw{_ids.Count}", command, body);
        _ids.Add((id, $"container{_ids.Count}"));
        return id;
    }

    /// <summary>Makes an exec in a container straight at the engine; the transcript hides its id.</summary>
    public async Task<string> ExecAsync(string container, string[] command, bool stdin = true, bool tty = false)
    {
        var (_, text) = await _engine.Api.PostAsync($"/containers/{container}/exec", new
        {
            AttachStdin = stdin, AttachStdout = true, AttachStderr = true, Tty = tty, Cmd = command,
        });
        var id = System.Text.Json.JsonDocument.Parse(text).RootElement.GetProperty("Id").GetString()!;
        _ids.Add((id, $"exec{_ids.Count}"));
        return id;
    }

    public async Task ConnectAsync()
    {
        _client?.Dispose();
        _client = await RawClient.ConnectAsync(_socket);
    }

    public async Task SendAsync(string text)
    {
        if (_client is null)
            await ConnectAsync();
        await Client.SendAsync(text);
    }

    /// <summary>Sends until all is sent or the peer closes; does not wait for it.</summary>
    public async Task<Task> SendInBackgroundAsync(byte[] bytes)
    {
        if (_client is null)
            await ConnectAsync();
        return Task.Run(() => Client.SendAsync(bytes));
    }

    public void HalfClose() => Client.HalfClose();

    public void Note(string text) => _transcript.AppendLine(CultureInfo.InvariantCulture, $"# {text}");

    /// <summary>Sends a request and reads its answer.</summary>
    public async Task CallAsync(string method, string target, string headers = "", string body = "", string host = "Host: docker\r\n")
    {
        var length = body.Length > 0 ? $"Content-Length: {body.Length}\r\n" : "";
        await SendAsync($"{method} {target} HTTP/1.1\r\n{host}{headers}{length}\r\n{body}");
        await AnswerAsync(method);
    }

    /// <summary>Is it an ordinary HTTP connection still? Asks for /_ping on it.</summary>
    public Task AliveAsync() => CallAsync("GET", "/_ping");

    /// <summary>Reads one answer whole, those with a status of 100 before it too.</summary>
    /// <returns>The final status; 0 if there was none.</returns>
    public async Task<int> AnswerAsync(string method = "GET")
    {
        using var timeout = new CancellationTokenSource(Limit);
        try
        {
            while (true)
            {
                var (status, headers) = await HeadAsync(timeout.Token);
                if (status == 100)
                    continue;
                if (status >= 200)
                    await BodyAsync(method, status, headers, timeout.Token);
                return status;
            }
        }
        catch (OperationCanceledException)
        {
            Note("no more came");
            return 0;
        }
    }

    /// <summary>Reads a head alone: it must come although nothing follows yet.</summary>
    public async Task<int> HeadAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        try
        {
            return (await HeadAsync(timeout.Token)).Status;
        }
        catch (OperationCanceledException)
        {
            Note("no head came");
            return 0;
        }
    }

    /// <summary>Reads so many raw bytes.</summary>
    public async Task BytesAsync(long count)
    {
        using var timeout = new CancellationTokenSource(Limit);
        try
        {
            Write(await Client.BytesAsync(count, timeout.Token));
        }
        catch (OperationCanceledException)
        {
            Note("fewer bytes came");
        }
    }

    /// <summary>Reads on until the peer closes.</summary>
    public async Task RestAsync(TimeSpan? limit = null)
    {
        using var timeout = new CancellationTokenSource(limit ?? Limit);
        using var bytes = new MemoryStream();
        var closed = await Client.RestAsync(bytes, timeout.Token);
        Write(bytes.ToArray());
        Note(closed ? "closed" : "still open");
    }

    public void Dispose() => _client?.Dispose();

    private async Task<(int Status, ILookup<string, string> Headers)> HeadAsync(CancellationToken cancellationToken)
    {
        var line = await Client.LineAsync(cancellationToken);
        if (line is null)
        {
            Note("closed");
            return (0, Array.Empty<string>().ToLookup(s => s));
        }

        _transcript.AppendLine(line);
        var headers = new List<(string Name, string Value)>();
        while (await Client.LineAsync(cancellationToken) is { Length: > 0 } header)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            headers.Add(colon < 0 ? (header, "") : (header[..colon], header[(colon + 1)..]));
        }

        foreach (var (name, value) in headers.OrderBy(h => h.Name, StringComparer.Ordinal).ThenBy(h => h.Value, StringComparer.Ordinal))
            _transcript.AppendLine(CultureInfo.InvariantCulture, $"{name}:{(name == "Date" ? " <date>" : value)}");
        var status = line.Split(' ') is [_, var code, ..] && int.TryParse(code, out var number) ? number : 0;
        return (status, headers.ToLookup(h => h.Name, h => h.Value.Trim(), StringComparer.OrdinalIgnoreCase));
    }

    private async Task BodyAsync(string method, int status, ILookup<string, string> headers, CancellationToken cancellationToken)
    {
        if (method == "HEAD" || status is 204 or 304)
            return;
        if (headers["Transfer-Encoding"].Contains("chunked"))
        {
            using var body = new MemoryStream();
            while (true)
            {
                var line = await Client.LineAsync(cancellationToken);
                if (line is null || !long.TryParse(line, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var size))
                {
                    Write(body.ToArray());
                    Note($"cut off in the middle of a chunked body ({line ?? "closed"})");
                    return;
                }

                body.Write(await Client.BytesAsync(size, cancellationToken));
                if (size == 0)
                    break;
                await Client.LineAsync(cancellationToken);
            }

            Write(body.ToArray());
            while (await Client.LineAsync(cancellationToken) is { Length: > 0 } trailer)
                _transcript.AppendLine(CultureInfo.InvariantCulture, $"trailer {trailer}");
        }
        else if (headers["Content-Length"].FirstOrDefault() is { } length)
        {
            Write(await Client.BytesAsync(long.Parse(length, CultureInfo.InvariantCulture), cancellationToken));
        }
        else
        {
            using var body = new MemoryStream();
            var closed = await Client.RestAsync(body, cancellationToken);
            Write(body.ToArray());
            Note(closed ? "closed" : "still open");
        }
    }

    private void Write(byte[] bytes)
    {
        if (bytes.Length > 4096)
        {
            _transcript.AppendLine(CultureInfo.InvariantCulture, $"{bytes.Length} bytes {Convert.ToHexString(SHA256.HashData(bytes))}");
            return;
        }

        foreach (var b in bytes)
        {
            if (b is >= 0x20 and < 0x7f or (byte)'\n')
                _transcript.Append((char)b);
            else
                _transcript.Append(CultureInfo.InvariantCulture, $"\\x{b:x2}");
        }

        _transcript.AppendLine();
    }
}
