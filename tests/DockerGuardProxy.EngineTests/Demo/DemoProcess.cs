using System.Diagnostics;
using System.Runtime.InteropServices;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Demo;

/// <summary>The demo as a process, in a session of its own as from a terminal, with a folder for all that it makes.</summary>
internal sealed partial class DemoProcess : IAsyncDisposable
{
    /// <summary>The numbers of signal(7).</summary>
    public const int Hangup = 1, Interrupt = 2, Quit = 3, Kill = 9, Terminate = 15;

    /// <summary>Far more than anything takes, on whatever machine.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly Lock _gate = new();
    private readonly List<string> _output = [], _errors = [];
    private Process? _process;

    public DemoProcess()
    {
        Folder = Machine.NewPath("d");
        Directory.CreateDirectory(Temporary);
        Picture = Path.Combine(Folder, "picture.svg");
        Environment["TMPDIR"] = Temporary;

        // A runtime that ends at once may leave its debugger's pipes in TMPDIR.
        Environment["DOTNET_EnableDiagnostics"] = "0";
    }

    /// <summary>The program built along with the tests.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "docker-guard-proxy-demo");

    public string Folder { get; }

    /// <summary>Its TMPDIR.</summary>
    public string Temporary => Path.Combine(Folder, "t");

    /// <summary>Where it is asked to write the picture; null if it is not asked.</summary>
    public string? Picture { get; set; }

    /// <summary>Variables that it gets beside those of the test run.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public IReadOnlyList<string> Output
    {
        get { lock (_gate) return [.. _output]; }
    }

    public IReadOnlyList<string> Errors
    {
        get { lock (_gate) return [.. _errors]; }
    }

    public DemoProcess Start(params string[] arguments)
    {
        // A test run in the background of a shell has signals ignored, which children inherit.
        var start = new ProcessStartInfo(
            "setsid",
            ["env", "--default-signal=HUP,INT,QUIT,TERM", Program, .. Picture is null ? (string[])[] : ["--picture", Picture], .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Add(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Add(_errors, line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        return this;
    }

    /// <summary>Waits until it has printed a line that begins so.</summary>
    public async Task PrintsAsync(string begin)
    {
        bool Printed() => Output.Any(line => line.StartsWith(begin, StringComparison.Ordinal));
        await Poll.UntilAsync(() => Printed() || _process!.HasExited, Limit, everyMs: 10);
        Assert.True(Printed(), $"\"{begin}\" was not printed:\n{this}");
    }

    /// <summary>Sends a signal to all of its process group, as a terminal does.</summary>
    public void Signal(int signal) => _ = SendSignal(-_process!.Id, signal);

    /// <summary>Waits for its end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await _process!.WaitForExitAsync(limit.Token);
            return _process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The demo did not end:\n{this}");
        }
    }

    /// <summary>Sends a signal again and again until it ends, as an impatient user does.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> EndBySignalsAsync(int signal)
    {
        await Poll.UntilAsync(
            () =>
            {
                if (!_process!.HasExited) Signal(signal);
                return _process.HasExited;
            },
            Limit,
            everyMs: 5);
        return await EndAsync();
    }

    /// <summary>Process ids of the proxy that it has started.</summary>
    public IReadOnlyList<int> Proxies() =>
        [.. Processes().Where(static process => process.Command.Contains("\0run\0", StringComparison.Ordinal)).Select(static process => process.Pid)];

    /// <summary>Asserts that nothing is left of it but what the test itself has put there.</summary>
    public void AssertClean()
    {
        Assert.Empty(Directory.EnumerateFileSystemEntries(Temporary));
        Assert.Empty(Processes());
        Assert.DoesNotContain(Folder, File.ReadAllText("/proc/mounts"), StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(Folder), path => path != Temporary && path != Picture);
        Assert.DoesNotContain(Errors, static line => line.StartsWith("   at ", StringComparison.Ordinal));
    }

    public override string ToString() => string.Join('\n', [.. Output, .. Errors]);

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        foreach (var (pid, _) in Processes()) _ = SendSignal(pid, Kill);
        _process?.Dispose();
        await Machine.ReapAsync(Folder);
    }

    // All that name its temporary folder among their arguments.
    private IEnumerable<(int Pid, string Command)> Processes()
    {
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var pid)) continue;
            string command;
            try
            {
                command = File.ReadAllText(folder + "/cmdline");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            if (command.Contains(Temporary + "/", StringComparison.Ordinal)) yield return (pid, command);
        }
    }

    private void Add(List<string> lines, string? line)
    {
        if (line is null) return;
        lock (_gate) lines.Add(line);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
