namespace DockerGuardProxy.Campaign.Check;

/// <summary>Reads a proxy's log as it grows and looks for faults that no present chaos explains.</summary>
internal sealed class LogWatch(Site site)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private long _read;

    /// <summary>Reads until it is told to end, and then the rest.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var before = Clock.Now;
        while (true)
        {
            var isLast = cancellationToken.IsCancellationRequested;
            var now = Clock.Now;
            Read(before, now);
            before = now;
            if (isLast) return;
            await Task.Delay(Every, CancellationToken.None);
        }
    }

    private void Read(TimeSpan from, TimeSpan to)
    {
        using var log = new FileStream(site.Proxy.Daemon.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Position = _read;
        using var reader = new StreamReader(log);
        var text = reader.ReadToEnd();
        // A line that is being written is read next time.
        var whole = text.LastIndexOf('\n') + 1;
        _read += System.Text.Encoding.UTF8.GetByteCount(text.AsSpan(0, whole));
        var chaos = site.Chaos.Kinds(from, to);
        foreach (var line in text[..whole].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (LogRules.Fault(line) is not { } id)
            {
                site.Findings.Hold(Invariant.LogClean);
                continue;
            }

            site.Findings.Look(Invariant.LogClean, LogRules.IsExplained(id, chaos), $"{site.Name} log", line);
        }
    }
}
