using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace DockerGuardProxy.Demo.Proxy;

/// <summary>The daemon of the same build, as a child process.</summary>
internal sealed partial class ProxyProcess : IAsyncDisposable
{
    private const int Term = 15;

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(4);

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
    /// <param name="cancellationToken">Ends the process again.</param>
    /// <exception cref="DemoException">It ends, or does not answer in time.</exception>
    public static async Task<ProxyProcess> StartAsync(
        string listen, IEnumerable<string> arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var proxy = new ProxyProcess(ProxyProgram.Start(arguments), time);
        try
        {
            proxy._process.ErrorDataReceived += (_, line) =>
            {
                if (!string.IsNullOrWhiteSpace(line.Data)) proxy._lastLine = line.Data.Trim();
            };
            proxy._process.BeginErrorReadLine();
            proxy._process.BeginOutputReadLine();
            var started = time.GetTimestamp();
            while (!await AnswersAsync(listen, cancellationToken))
            {
                if (proxy._process.HasExited)
                    throw new DemoException($"the proxy ended at its start: {proxy._lastLine}");
                if (time.GetElapsedTime(started) > StartLimit)
                    throw new DemoException($"the proxy did not listen on {listen} within {StartLimit.TotalSeconds} s: {proxy._lastLine}");
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
            }

            return proxy;
        }
        catch
        {
            await proxy.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs something as long as the proxy does.</summary>
    /// <exception cref="DemoException">The proxy ended meanwhile.</exception>
    public async Task<T> WhileItRunsAsync<T>(Func<CancellationToken, Task<T>> run, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var watch = new CancellationTokenSource();
        var watching = WatchAsync();
        try
        {
            return await run(ended.Token);
        }
        catch (Exception) when (_process.HasExited && !cancellationToken.IsCancellationRequested)
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

    private static async Task<bool> AnswersAsync(string path, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
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
