using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace DockerGuardProxy.Demo.Proxy;

/// <summary>The daemon of the same build, as a child process.</summary>
internal sealed partial class ProxyProcess : IAsyncDisposable
{
    private const int Term = 15;

    // docker-guard-proxy status --help
    private const int SomethingIsStuck = 1;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan StatusLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ViewLimit = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private string _lastLine = "";

    private ProxyProcess(Process process, TimeProvider time)
    {
        _process = process;
        _time = time;
    }

    /// <summary>Resident memory in bytes; 0 when the process has gone.</summary>
    public long Memory
    {
        get
        {
            _process.Refresh();
            return _process.HasExited ? 0 : _process.WorkingSet64;
        }
    }

    /// <summary>Starts it; returns when its socket answers.</summary>
    /// <param name="listen">Path of its socket.</param>
    /// <param name="arguments">What follows <c>docker-guard-proxy</c>.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellation">Ends the process again.</param>
    /// <exception cref="DemoException">It ends, or does not answer in time.</exception>
    public static async Task<ProxyProcess> StartAsync(
        string listen, IEnumerable<string> arguments, TimeProvider time, CancellationToken cancellation)
    {
        var proxy = new ProxyProcess(Launch(arguments), time);
        try
        {
            proxy._process.ErrorDataReceived += (_, line) =>
            {
                if (!string.IsNullOrWhiteSpace(line.Data)) proxy._lastLine = line.Data.Trim();
            };
            proxy._process.BeginErrorReadLine();
            proxy._process.BeginOutputReadLine();
            var started = time.GetTimestamp();
            while (!await AnswersAsync(listen, cancellation))
            {
                if (proxy._process.HasExited)
                    throw new DemoException($"the proxy ended at its start: {proxy._lastLine}");
                if (time.GetElapsedTime(started) > StartLimit)
                    throw new DemoException($"the proxy did not listen on {listen} within {StartLimit.TotalSeconds} s: {proxy._lastLine}");
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellation);
            }

            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>What <c>docker-guard-proxy status</c> prints of a stuck container.</summary>
    /// <param name="admin">Path of the admin socket.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="DemoException">It shows none, for as long as a slow machine may take.</exception>
    public async Task<string> StuckViewAsync(string admin, CancellationToken cancellation)
    {
        var begin = _time.GetTimestamp();
        while (true)
        {
            var (code, text) = await AskAsync(["status", "--admin", admin], _time, cancellation);

            // Its exit code says which it is: 0 would mean that nothing is stuck.
            if (code == SomethingIsStuck) return text;
            if (_time.GetElapsedTime(begin) > ViewLimit)
                throw new DemoException($"docker-guard-proxy status shows no stuck container (exit code {code}): {text.Trim().Split('\n')[^1]}");
            await Task.Delay(TimeSpan.FromMilliseconds(200), _time, cancellation);
        }
    }

    /// <summary>Runs something as long as the proxy does.</summary>
    /// <exception cref="DemoException">The proxy ended meanwhile.</exception>
    public async Task<T> WhileItRunsAsync<T>(Func<CancellationToken, Task<T>> run, CancellationToken cancellation)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var watch = new CancellationTokenSource();
        var watching = WatchAsync();
        try
        {
            return await run(ended.Token);
        }
        catch (Exception) when (_process.HasExited && !cancellation.IsCancellationRequested)
        {
            throw new DemoException($"the proxy ended meanwhile, exit code {_process.ExitCode}: {_lastLine}");
        }
        finally
        {
            await watch.CancelAsync();
            await watching;
        }

        async Task WatchAsync()
        {
            try
            {
                await _process.WaitForExitAsync(watch.Token);
                await ended.CancelAsync();
            }
            catch (OperationCanceledException)
            {
                // It outlived what was run.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _ = SendSignal(_process.Id, Term);
            using var limit = new CancellationTokenSource(EndLimit, _time);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill();
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }

        _process.Dispose();
    }

    /// <summary>Exit code and output of <c>docker-guard-proxy</c> with these arguments; no exit code if it does not end in time.</summary>
    private static async Task<(int? Code, string Text)> AskAsync(IEnumerable<string> arguments, TimeProvider time, CancellationToken cancellation)
    {
        using var process = Launch(arguments);
        try
        {
            using var limit = new CancellationTokenSource(StatusLimit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            var text = await process.StandardOutput.ReadToEndAsync(either.Token) + await errors;
            await process.WaitForExitAsync(either.Token);
            return (process.ExitCode, text);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, "no answer");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    private static Process Launch(IEnumerable<string> arguments)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "docker-guard-proxy.dll");
        if (!File.Exists(assembly)) throw new DemoException($"{assembly}: not there; build the solution first");
        return OwnSession.Start(Dotnet(), ["exec", assembly, .. arguments], ProxyEnvironment.Clean);
    }

    // The one that runs us: PATH may have none, or another.
    private static string Dotnet()
    {
        var root = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));
        var host = Path.Combine(root, "dotnet");
        return File.Exists(host) ? host : "dotnet";
    }

    private static async Task<bool> AnswersAsync(string path, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
