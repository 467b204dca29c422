using System.Globalization;
using System.Runtime.InteropServices;

namespace DockerGuardProxy.Demo;

/// <summary>
/// Ctrl-C, Ctrl-\, SIGTERM and the end of the terminal, from its making on: the first cancels <see cref="Token"/>, later ones change nothing, so
/// that none can cut off the cleaning up. What was ignored when the program started (nohup) stays ignored.
/// </summary>
internal sealed class Interruption : IDisposable
{
    // signal(7)
    private static readonly (PosixSignal Signal, int Number)[] Ends =
        [(PosixSignal.SIGHUP, 1), (PosixSignal.SIGINT, 2), (PosixSignal.SIGQUIT, 3), (PosixSignal.SIGTERM, 15)];

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _first;

    public Interruption()
    {
        var ignored = Ignored();
        _registrations = [.. Ends
            .Where(end => (ignored & (1UL << (end.Number - 1))) == 0)
            .Select(end => PosixSignalRegistration.Create(end.Signal, context =>
            {
                context.Cancel = true;
                if (Interlocked.CompareExchange(ref _first, end.Number, 0) == 0) _ = _source.CancelAsync();
            }))];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>What the shell calls a program that the first signal ended, 128 and its number; null if none came.</summary>
    public int? ExitCode => Volatile.Read(ref _first) is > 0 and var number ? 128 + number : null;

    /// <summary>The first signal's name; empty if none came.</summary>
    public string Name => Ends.FirstOrDefault(end => end.Number == Volatile.Read(ref _first)) is { Number: > 0 } end ? end.Signal.ToString() : "";

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }

    /// <summary>One bit for each ignored signal, the lowest for signal 1 (proc_pid_status(5)).</summary>
    private static ulong Ignored()
    {
        const string key = "SigIgn:";
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(static line => line.StartsWith(key, StringComparison.Ordinal));
        return line is null ? 0 : ulong.Parse(line.AsSpan(key.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
