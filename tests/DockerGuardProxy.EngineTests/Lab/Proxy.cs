
namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>
/// The daemon under test, as a child process in front of an engine's socket: the file DOCKER_GUARD_PROXY_BIN names, otherwise
/// the one built along with the tests.
/// </summary>
internal sealed class Proxy : IAsyncDisposable
{
    private readonly string _engineSocket;
    private readonly Func<string[]> _enter;
    private readonly string[] _arguments;
    private readonly KeptSocket? _kept;
    private Daemon? _daemon;

    private Proxy(string engineSocket, Func<string[]> enter, int? handed, string[] arguments)
    {
        _engineSocket = engineSocket;
        _enter = enter;
        _arguments = arguments;
        Folder = Machine.NewPath("p");
        Directory.CreateDirectory(Folder);
        _kept = handed is { } backlog ? new KeptSocket(Socket, backlog) : null;
        Api = new EngineApi(Socket);
    }

    public static string Program { get; } = System.Environment.GetEnvironmentVariable("DOCKER_GUARD_PROXY_BIN")
        ?? Path.Combine(AppContext.BaseDirectory, "docker-guard-proxy");

    /// <summary>True where a published file is tested, false where it is the one built along.</summary>
    public static bool Published { get; } = System.Environment.GetEnvironmentVariable("DOCKER_GUARD_PROXY_BIN") is not null;

    /// <summary>Holds socket, configuration and log.</summary>
    public string Folder { get; }

    public string Socket => Path.Combine(Folder, "docker.sock");

    public string AdminSocket => Path.Combine(Folder, "admin.sock");

    /// <summary>The configuration file; may be rewritten while the proxy runs.</summary>
    public string ConfigFile => Path.Combine(Folder, "config.json");

    /// <summary>Variables of its environment from its next start on.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    /// <summary>The file it is started from, from its next start on.</summary>
    public string Executable { get; set; } = Program;

    /// <summary>Calls through the proxy.</summary>
    public EngineApi Api { get; }

    public Daemon Daemon => _daemon ?? throw new InvalidOperationException("The proxy does not run.");

    /// <summary>Starts a proxy in front of <paramref name="engine"/>.</summary>
    public static Task<Proxy> StartAsync(Dockerd engine, string? guard = null, params string[] arguments) =>
        StartAsync(engine.Socket, engine.PidFile, () => engine.Enter, guard, handed: null, arguments);

    /// <summary>Starts a proxy in front of a socket. <paramref name="guard"/> is the section of that name, as JSON.</summary>
    public static Task<Proxy> StartAsync(string engineSocket, string pidFile, string? guard = null, params string[] arguments) =>
        StartAsync(engineSocket, pidFile, () => [], guard, handed: null, arguments);

    /// <summary>Starts a proxy whose socket the test keeps over restarts, as systemd's socket unit does.</summary>
    public static Task<Proxy> StartHandedAsync(Dockerd engine, string? guard = null, params string[] arguments) =>
        StartHandedAsync(engine.Socket, engine.PidFile, guard, arguments);

    /// <summary>The same with a backlog of so many callers.</summary>
    public static Task<Proxy> StartHandedAsync(Dockerd engine, string guard, int backlog) =>
        StartAsync(engine.Socket, engine.PidFile, () => engine.Enter, guard, backlog, []);

    /// <inheritdoc cref="StartHandedAsync(Dockerd, string?, string[])"/>
    public static Task<Proxy> StartHandedAsync(string engineSocket, string pidFile, string? guard = null, params string[] arguments) =>
        StartAsync(engineSocket, pidFile, () => [], guard, int.MaxValue, arguments);

    /// <summary>
    /// The same with a socket between it and the engine, and with variables of its environment. It is started where the engine is at that time.
    /// </summary>
    public static Task<Proxy> StartHandedAsync(
        Dockerd engine, string engineSocket, string guard, IReadOnlyDictionary<string, string> environment) =>
        StartAsync(engineSocket, engine.PidFile, () => engine.Enter, guard, int.MaxValue, [], environment);

    private static async Task<Proxy> StartAsync(
        string engineSocket, string pidFile, Func<string[]> enter, string? guard, int? handed, string[] arguments,
        IReadOnlyDictionary<string, string>? environment = null)
    {
        var proxy = new Proxy(engineSocket, enter, handed, arguments);
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            proxy.Environment[name] = value;
        await File.WriteAllTextAsync(proxy.ConfigFile, $$"""
            {
              "version": 1,
              "engine": { "path": "{{engineSocket}}", "pidFile": "{{pidFile}}" },
              "admin": { "path": "{{proxy.AdminSocket}}" },
              "guard": {{guard ?? "{}"}}
            }
            """);
        try
        {
            await proxy.StartAsync();
            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it (again) and waits until it listens.</summary>
    public async Task StartAsync()
    {
        _daemon?.Dispose();
        string[] command = [.. _enter(), Executable, "run", "--listen", Socket, "--engine", _engineSocket, "--config", ConfigFile, .. _arguments];
        var starts = Listenings();
        _daemon = Daemon.Start(Path.Combine(Folder, "log"), _kept?.HandTo(command) ?? command, Environment);
        var ready = await Poll.UntilAsync(
            () => _daemon.HasExited || (_kept is null ? UnixSocket.Listens(Socket) : Listenings() > starts), TimeSpan.FromSeconds(20), everyMs: 20);
        if (ready is null || _daemon.HasExited)
            throw new InvalidOperationException($"{Executable} did not start:\n{_daemon.Tail()}");
    }

    /// <summary>Ends it by SIGTERM.</summary>
    /// <returns>Its exit code; null if it did not end in time.</returns>
    public Task<int?> StopAsync(TimeSpan limit)
    {
        Daemon.Signal(15);
        return Daemon.WaitAsync(limit);
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        if (_daemon is not null)
        {
            if (await StopAsync(TimeSpan.FromSeconds(5)) is null)
            {
                _daemon.Signal(9);
                await _daemon.WaitAsync(TimeSpan.FromSeconds(5));
            }

            _daemon.Dispose();
        }

        _kept?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    // A kept socket can be connected to before anybody accepts.
    private int Listenings() => File.Exists(Path.Combine(Folder, "log"))
        ? File.ReadLines(Path.Combine(Folder, "log")).Count(line => line.Contains("Listening on ", StringComparison.Ordinal))
        : 0;
}
