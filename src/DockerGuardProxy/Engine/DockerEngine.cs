using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using Docker.DotNet;
using Docker.DotNet.Models;
using Docker.DotNet.NativeHttp;
using DockerGuardProxy.Sockets;

namespace DockerGuardProxy.Engine;

/// <summary>
/// The engine through Docker.DotNet. Its transport for Unix sockets is passed over in favour of <see cref="SocketsHttpHandler"/> on the same
/// socket: that one closes the connection of a cancelled request and pools the rest.
/// </summary>
internal sealed class DockerEngine : IEngineApi, IDisposable
{
    // Labels are part of an event and have no limit of their own.
    private const int MaxEvent = 16 * 1024 * 1024;

    private readonly DockerClient _client;

    /// <param name="socketPath">The engine's Unix socket.</param>
    public DockerEngine(string socketPath)
    {
        var transport = new NativeHttpTransportOptions { ConfigureHandler = handler => Configure(handler, socketPath) };
        _client = new DockerClientBuilder()
            .WithEndpoint(new Uri("http://docker"))
            .WithTimeout(Timeout.InfiniteTimeSpan)
            .WithTransportOptions(transport)
            .Build();
    }

    public void Dispose() => _client.Dispose();

    public Task PingAsync(CancellationToken cancellationToken) => _client.System.PingAsync(cancellationToken);

    public async Task<EngineInfo> InfoAsync(CancellationToken cancellationToken)
    {
        var info = await _client.System.GetSystemInfoAsync(cancellationToken);
        return new EngineInfo(info.ServerVersion, info.Debug ? info.NGoroutines : null);
    }

    public Task<IReadOnlyList<ListedContainer>> ListAsync(CancellationToken cancellationToken) => ListAsync(null, null, cancellationToken);

    public Task<IReadOnlyList<ListedContainer>> ListByIdAsync(string prefix, CancellationToken cancellationToken) =>
        ListAsync("id", prefix, cancellationToken);

    // The filter is a regular expression, held against the name with and without its slash.
    public Task<IReadOnlyList<ListedContainer>> ListByNameAsync(string name, CancellationToken cancellationToken) =>
        ListAsync("name", $"^/{Regex.Escape(name)}$", cancellationToken);

    public async Task<Inspection?> InspectAsync(string id, CancellationToken cancellationToken)
    {
        if (await FindAsync(id, cancellationToken) is not { } found) return null;
        var seconds = found.Config?.StopTimeout?.TotalSeconds;
        var signal = found.Config?.StopSignal;
        return new Inspection(
            found.ID,
            seconds is null ? CreateBody.DefaultStopTimeout : (long)seconds,
            string.IsNullOrEmpty(signal) ? StopSignals.Default : StopSignals.Normalise(signal),
            found.State is { Running: true, Pid: > 0 } state ? (int)state.Pid : null,
            found.HostConfig?.LogConfig?.Type is { Length: > 0 } driver ? driver : null);
    }

    public async Task<IReadOnlyList<string>?> ExecsAsync(string id, CancellationToken cancellationToken) =>
        await FindAsync(id, cancellationToken) is { } found ? [.. found.ExecIDs ?? []] : null;

    public async Task<ExecState?> InspectExecAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var found = await _client.Exec.InspectContainerExecAsync(id, cancellationToken);
            return new ExecState(found.ContainerID, found.Running, found.Pid > 0 ? (int)found.Pid : null);
        }
        catch (DockerApiException e) when (e.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task<IAsyncEnumerable<EngineEvent>> SubscribeAsync(long? sinceNano, CancellationToken cancellationToken)
    {
        var parameters = new ContainerEventsParameters
        {
            Since = sinceNano is { } since ? Timestamp(since) : null,
            Filters = new Dictionary<string, IDictionary<string, bool>>
            {
                ["type"] = Set("container"),
                ["event"] = Set([.. EngineActions.All]),
            },
        };

        // The overload meant to replace this one does not tell when the answer's head has come, which is when the engine has subscribed us.
#pragma warning disable CS0618
        var stream = await _client.System.MonitorEventsAsync(parameters, cancellationToken);
#pragma warning restore CS0618
        return ReadAsync(stream, cancellationToken);
    }

    private static async IAsyncEnumerable<EngineEvent> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // One event a line, as Go's encoder writes them: each is handed on as soon as its line is whole, whatever follows it.
        var reader = PipeReader.Create(stream);
        await using var closing = stream;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                if (Parse(buffer.Slice(0, end)) is { } message)
                    yield return message;
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            if (buffer.Length > MaxEvent)
                throw new InvalidDataException("An event of the engine does not end.");
            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
                yield break;
        }
    }

    private static EngineEvent? Parse(in ReadOnlySequence<byte> line)
    {
        var reader = new Utf8JsonReader(line);
        return JsonSerializer.Deserialize(ref reader, EngineJson.Default.EngineEvent);
    }

    private async Task<ContainerInspectResponse?> FindAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.Containers.InspectContainerAsync(id, cancellationToken);
        }
        catch (DockerContainerNotFoundException)
        {
            return null;
        }
    }

    private async Task<IReadOnlyList<ListedContainer>> ListAsync(string? filter, string? value, CancellationToken cancellationToken)
    {
        var parameters = new ContainersListParameters { All = true };
        if (filter is not null)
            parameters.Filters = new Dictionary<string, IDictionary<string, bool>> { [filter] = Set(value!) };
        var list = await _client.Containers.ListContainersAsync(parameters, cancellationToken);
        var result = new ListedContainer[list.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var line = list[i];
            result[i] = new ListedContainer(line.ID, [.. line.Names ?? []], ListedContainer.IsRun(line.State), PodLabels.From(line.Labels))
            {
                Labels = line.Labels as IReadOnlyDictionary<string, string>,
            };
        }

        return result;
    }

    private static Dictionary<string, bool> Set(params string[] values) => values.ToDictionary(value => value, _ => true);

    // Go's form: seconds, a dot, nanoseconds (moby api/types/time.GetTimestamp).
    private static string Timestamp(long nano) =>
        string.Create(CultureInfo.InvariantCulture, $"{nano / 1_000_000_000}.{nano % 1_000_000_000:D9}");

    private static void Configure(SocketsHttpHandler handler, string socketPath)
    {
        handler.UseProxy = false;
        handler.UseCookies = false;
        handler.AllowAutoRedirect = false;
        handler.ActivityHeadersPropagator = null;
        handler.MaxConnectionsPerServer = 64;

        // Short, so that the engine's count of connections tells of its callers and not of us.
        handler.PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2);
        handler.ConnectCallback = (_, cancellationToken) => UnixConnection.OpenStreamAsync(socketPath, cancellationToken);
    }
}
