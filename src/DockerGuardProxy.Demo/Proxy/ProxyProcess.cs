using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace DockerGuardProxy.Demo.Proxy;

/// <summary>The daemon of the same build, as a child process.</summary>
internal sealed partial class ProxyProcess : IAsyncDisposable
{
    private const int Term = 15;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan StatusLimit = TimeSpan.FromSeconds(5);

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

    /// <summary>What <c>docker-guard-proxy</c> prints for the arguments; empty if it fails.</summary>
    public static async Task<string> AskAsync(IEnumerable<string> arguments, TimeProvider time, CancellationToken cancellation)
    {
        using var process = Launch(arguments);
        try
        {
            process.BeginErrorReadLine();
            using var limit = new CancellationTokenSource(StatusLimit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
            var text = await process.StandardOutput.ReadToEndAsync(either.Token);
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode == 0 ? text : "";
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return "";
        }
        finally
        {
            if (!process.HasExited) process.Kill();
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
            }
        }

        _process.Dispose();
    }

    private static Process Launch(IEnumerable<string> arguments)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "docker-guard-proxy.dll");
        if (!File.Exists(assembly)) throw new DemoException($"{assembly}: not there; build the solution first");
        var start = new ProcessStartInfo(Dotnet(), ["exec", assembly, .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };

        // Settings of the user's own proxy are not meant for this one.
        const string prefix = "DOCKER_GUARD_PROXY__";
        foreach (var key in start.Environment.Keys.Where(static key => key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).ToArray())
            start.Environment.Remove(key);
        return Process.Start(start) ?? throw new DemoException("the proxy could not be started");
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
