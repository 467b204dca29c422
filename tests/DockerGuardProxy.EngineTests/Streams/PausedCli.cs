using System.Diagnostics;
using System.Text;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.EngineTests.Streams;

/// <summary>
/// <c>docker run … | less</c>: the command line client in the foreground, whose output somebody takes when the test says so. It is the numbers of
/// <see cref="PausedClient.Writer"/>.
/// </summary>
internal sealed class PausedCli : IDisposable
{
    private const int Stop = 19, Continue = 18;

    private readonly Process _process;
    private readonly byte[] _block = new byte[64 * 1024];
    private readonly StringBuilder _line = new();

    private PausedCli(Process process) => _process = process;

    /// <summary>The last number that came whole.</summary>
    public long Last { get; private set; }

    /// <summary>Bytes that were taken.</summary>
    public long Count { get; private set; }

    /// <summary>Runs a shell's command in a container.</summary>
    public static PausedCli Run(string socket, string name, string command)
    {
        var start = new ProcessStartInfo("/usr/bin/docker", ["run", "--name", name, Dockerd.Image, "sh", "-c", command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            Environment = { ["DOCKER_HOST"] = "unix://" + socket },
        };
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new PausedCli(process);
    }

    /// <summary>Takes at least so much.</summary>
    /// <exception cref="InvalidOperationException">It ended before, or something is missing or came twice.</exception>
    public async Task ReadAsync(long count, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        for (var end = Count + count; Count < end;)
        {
            if (!await TakeAsync(timeout.Token)) throw new InvalidOperationException($"It ended after {Count} bytes.");
        }
    }

    /// <summary>Takes all that comes, to its end.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> RestAsync(TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        while (await TakeAsync(timeout.Token))
        {
        }

        await _process.WaitForExitAsync(timeout.Token);
        return _process.ExitCode;
    }

    /// <summary>SIGSTOP.</summary>
    public void Freeze() => Paused.Kill(_process.Id, Stop);

    /// <summary>SIGCONT.</summary>
    public void Thaw() => Paused.Kill(_process.Id, Continue);

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private async Task<bool> TakeAsync(CancellationToken cancellationToken)
    {
        var got = await _process.StandardOutput.BaseStream.ReadAsync(_block, cancellationToken);
        Count += got;
        foreach (var c in Encoding.ASCII.GetString(_block, 0, got))
        {
            if (c != '\n')
            {
                _line.Append(c);
                continue;
            }

            var number = long.Parse(_line.ToString(), System.Globalization.CultureInfo.InvariantCulture);
            if (number != Last + 1) throw new InvalidOperationException($"{number} follows {Last}");
            Last = number;
            _line.Clear();
        }

        return got > 0;
    }
}
