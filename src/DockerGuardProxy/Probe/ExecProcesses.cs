using System.Buffers.Text;

namespace DockerGuardProxy.Probe;

/// <summary>The live processes of a run beside its init, as far as they tell of its execs.</summary>
/// <param name="Readable">False where one may have been missed, or the run's init is not known.</param>
/// <param name="Roots">
/// How many of them have the parent of the init, which is the shim: each is the first process of an exec. What such a one has started and left
/// behind is the init's.
/// </param>
/// <param name="Youngest">Age of the one that was started last; null without any.</param>
internal sealed record ExecProcesses(bool Readable, int Roots, TimeSpan? Youngest)
{
    // USER_HZ, the same on every Linux that .NET runs on: time(7), sysconf(_SC_CLK_TCK).
    private const double TicksPerSecond = 100;

    /// <summary>Nothing can be told.</summary>
    public static ExecProcesses Unreadable { get; } = new(false, 0, null);

    /// <summary>Reads them.</summary>
    /// <param name="root">Where /proc is.</param>
    /// <param name="run">The run; its init must be known.</param>
    /// <param name="cursor">Told of each step.</param>
    public static ExecProcesses Read(ProcRoot root, ContainerRun run, ScanCursor cursor)
    {
        var reader = new ProcReader();
        if (run.InitPid is not { } init || Stat(init, out var first) != ReadOutcome.Done || !TryUptime(out var uptime)) return Unreadable;
        var membership = new Membership(root, cursor, reader, [(run, RunMemory.None)]);
        if (!membership.Find() || membership.IsUnclear(0)) return Unreadable;

        var roots = 0;
        var isInitFound = false;
        ulong? last = null;
        foreach (var member in membership.Of(0))
        {
            if (member.Pid == init)
            {
                isInitFound = true;
                continue;
            }

            if (!cursor.TryEnter(ScanPhase.Tasks, member.Pid)) return Unreadable;
            var outcome = Stat(member.Pid, out var stat);
            if (outcome == ReadOutcome.Refused) return Unreadable;
            if (outcome == ReadOutcome.Gone || NamedTasks.IsOver(root, member.Pid, stat)) continue;
            if (stat.Parent == first.Parent) roots++;
            if (last is null || stat.Start > last) last = stat.Start;
        }

        // A layout that we don't understand would show a run without processes.
        if (!isInitFound) return Unreadable;
        return new(true, roots, last is { } start ? TimeSpan.FromSeconds(Math.Max(0, uptime - (start / TicksPerSecond))) : null);

        ReadOutcome Stat(int pid, out TaskStat stat)
        {
            stat = default;
            var outcome = reader.Read($"{root.Proc}/{pid}/stat", out var text);
            return outcome == ReadOutcome.Done && !TaskStat.TryParse(text, out stat) ? ReadOutcome.Refused : outcome;
        }

        // "12345.67 6789.01": seconds since boot, then those that were idle.
        bool TryUptime(out double seconds)
        {
            seconds = 0;
            return reader.Read($"{root.Proc}/uptime", out var text) == ReadOutcome.Done && Utf8Parser.TryParse(text, out seconds, out _);
        }
    }
}
