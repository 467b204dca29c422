using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Admin;

/// <summary>The status for people: 80 columns, every foreign string escaped, what is stuck last, where a terminal shows it.</summary>
internal static class StatusText
{
    private const string Red = "1;31", Yellow = "1;33", Green = "1;32";
    private const int MaxOthers = 10, MaxTasks = 8, MaxName = 128;

    /// <summary>Writes it.</summary>
    /// <param name="status">The status.</param>
    /// <param name="colour">Whether to colour the headings.</param>
    public static string Write(StatusReport status, bool colour)
    {
        var sheet = new Sheet(colour);
        WriteNode(sheet, status);
        LockText.WriteContainers(sheet, status.Locks);
        WriteOthers(sheet, [.. status.Containers.Where(container => !container.Stuck)]);
        sheet.Blank();
        if (status.StuckContainers == 0)
            sheet.Heading("No container is stuck.", Green);
        foreach (var container in status.Containers.Where(container => container.Stuck))
            WriteStuck(sheet, container, status.Time);
        if (status.MoreContainers > 0)
            sheet.Row("", $"and {Count(status.MoreContainers, "more container")}");
        return sheet.ToString();
    }

    private static void WriteNode(Sheet sheet, StatusReport status)
    {
        sheet.Heading($"docker-guard-proxy {Clean(status.Proxy.Version)}, pid {status.Proxy.Pid}, up {Age.Text(status.Time - status.Proxy.Started)}");
        sheet.Row("mode", Mode(status.Configuration));
        WriteConfiguration(sheet, status.Configuration);
        WriteExempt(sheet, status.Configuration.Exempt);
        var engine = status.Engine;
        sheet.Row("engine", $"{Clean(engine.Path)}, {(engine.Ready ? "answers" : "DOES NOT ANSWER")}, {Count(engine.Containers, "container")} known");
        if (engine.Version is not null || engine.Pid is not null)
            sheet.Row("", Vitals(engine));
        var calls = status.Calls;
        sheet.Row("calls", $"{Open(calls.Open, calls.OldestOpenSeconds)}, {calls.Waiting} waiting, {calls.Saved} saved");
        if (calls.WouldHold is { Connections: > 0 } cost)
            sheet.Row("", $"they would hold about {Count(cost.Connections, "connection")} and {Count(cost.Goroutines, "goroutine")} in the engine");
        sheet.Row("refusals", $"{calls.Refused}, {calls.EndedSoon} ended soon after, {calls.WronglyRefused} wrong");
        if (calls is { Bypassed: > 0, LastBypass: { } last })
            sheet.Row("bypassed", Bypassed(calls.Bypassed, last));
        if (status.Faults > 0)
            sheet.Row("faults", $"{status.Faults}: the guard failed open, or a part beside it failed; see the log");
        if (status.LostProbeThreads > 0)
            sheet.Row("probe", $"{status.LostProbeThreads} of 2 threads hang in /proc");
        if (status.Execs?.Where(execs => execs.Running >= RunningExecs.Many).ToArray() is [_, ..] many)
            sheet.Row("execs", Execs(many));
        LockText.WriteNode(sheet, status.Locks);
        if (status.PileUp is [_, ..] pileUp)
            sheet.Row("long calls", string.Join(", ", pileUp.GroupBy(open => open.Operation).Select(LongCalls)));
        StreamText.Write(sheet, status);
    }

    private static string Execs(IEnumerable<ExecsReport> many) =>
        "MANY: " + string.Join(", ", many.Take(MaxTasks).Select(execs => $"{execs.Running} run in {Name(execs.Name, execs.Id)}"));

    private static string Bypassed(long count, BypassReport last) =>
        $"{Count(count, "signal")} by clients that do not come through the proxy; the last, {Clean(last.Signal ?? "of no number")}, "
        + $"to {Name(last.Name, last.Id)} at {UtcTime.Of(last.Time)}";

    private static string LongCalls(IGrouping<string, OpenCallsReport> calls) =>
        $"{calls.Sum(open => open.Open)} {Clean(calls.Key)} (oldest {Age.Text(TimeSpan.FromSeconds(Math.Clamp(calls.Max(open => open.OldestSeconds), 0, 1e10)))})";

    private static string Vitals(EngineReport engine)
    {
        var parts = new List<string>();
        if (engine.Version is { } version)
            parts.Add(Clean(version) + (engine.LeaksForEver == true ? ", LEAKS A CALL FOR EVER" : ""));
        if (engine.Pid is { } pid)
            parts.Add($"pid {pid}");
        if (engine.Descriptors is { } open)
            parts.Add($"{open}{(engine.DescriptorLimit is { } limit ? $" of {limit}" : "")} descriptors");
        if (engine.Connections is { } connections)
            parts.Add($"{Count(connections, "connection")}{(engine.PeerlessConnections > 0 ? $" ({engine.PeerlessConnections} of clients that are gone)" : "")}");
        if (engine.MemoryBytes is { } bytes)
            parts.Add($"{bytes >> 20} MiB");
        if (engine.Goroutines is { } goroutines)
            parts.Add($"{goroutines} goroutines");
        return string.Join(", ", parts);
    }

    private static string Mode(ConfigurationReport configuration)
    {
        var mode = configuration.Mode;
        var others = string.Join(
            ", ", configuration.Policies.Where(policy => policy.Value != mode).Select(policy => $"{Clean(policy.Key)} {Clean(policy.Value)}"));
        return Clean(mode)
            + (others.Length > 0 ? $"; {others}" : "")
            + (configuration.SwitchedOff ? "; SWITCHED OFF by the file \"off\"" : "")
            + configuration.HeldBack switch
            {
                null => "",
                "crashes" => "; HELD BACK after crashes, until a reload",
                "newer-state" => "; HELD BACK by a newer version's state, until a reload",
                var other => $"; HELD BACK ({Clean(other)}), until a reload",
            };
    }

    private static void WriteConfiguration(Sheet sheet, ConfigurationReport configuration)
    {
        var origin = configuration.Origin switch
        {
            "asked" => "",
            "last-good" => " is NOT VALID; the last good one holds",
            "observe-only" => " is NOT VALID; the guard only observes",
            _ => $", {Clean(configuration.Origin)}",
        };

        sheet.Row("configuration", Printable.Of(configuration.File) + origin);
        if (configuration.HangsSince is { } since)
            sheet.Row("", $"can't be looked at: its file system has not answered since {since:u}");
        if (configuration.Failure is { } failure)
        {
            sheet.Row("", $"rejected at {UtcTime.Of(failure.Time)}:");
            foreach (var error in failure.Errors)
                sheet.Row("", Printable.Of(error));
        }

        if (configuration.PendingRestart.Count > 0)
            sheet.Row("", "waits for a restart: " + Printable.Of(string.Join(", ", configuration.PendingRestart)));
    }

    private static void WriteExempt(Sheet sheet, ExemptReport? exempt)
    {
        if (exempt is null)
            return;
        var labels = exempt.Labels.Select(label => label.Value.Length > 0 ? $"{label.Key}={label.Value}" : label.Key);
        var all = labels.Select(label => $"label {label}").Concat(exempt.Callers.Select(name => $"caller {name}"));
        sheet.Row("exempt", Clean(string.Join(", ", all)));
    }

    private static void WriteOthers(Sheet sheet, IReadOnlyList<ContainerReport> others)
    {
        if (others.Count == 0)
            return;
        sheet.Blank();
        sheet.Heading($"{Count(others.Count, "container")} with calls, not stuck:", Yellow);
        foreach (var container in others.Take(MaxOthers))
        {
            sheet.Row("", $"{Name(container)}: {Open(container.Open, container.OldestOpenSeconds)}, {container.Waiting} waiting"
                + (container.Diagnosis is { } diagnosis ? $"; {Describe(diagnosis, container)}" : ""));
        }

        if (others.Count > MaxOthers)
            sheet.Row("", $"and {others.Count - MaxOthers} more; see --json");
    }

    private static void WriteStuck(Sheet sheet, ContainerReport container, DateTimeOffset now)
    {
        sheet.Heading($"STUCK {Name(container)}", Red);
        if (container.Pod is { } pod)
            sheet.Row("pod", $"{Clean(pod.Namespace, MaxName)}/{Clean(pod.Name, MaxName)}" + (pod.Uid is { } uid ? $" {Clean(uid)}" : ""));
        if (container.EvidenceSince is { } since)
            sheet.Row("since", $"{UtcTime.Of(since)}, {Age.Text(now - since)} ago");
        sheet.Row("diagnosis", Describe(container.Diagnosis ?? "cannot-tell", container));
        foreach (var task in container.Tasks.Take(MaxTasks))
            sheet.Row("task", Describe(task));
        var more = container.MoreTasks + Math.Max(0, container.Tasks.Count - MaxTasks);
        if (more > 0)
            sheet.Row("", $"and {more} more; see --json");
        sheet.Row(
            "calls",
            $"{Count(container.Attempts, "attempt")}, {Open(container.Open, container.OldestOpenSeconds)}, {container.Waiting} waiting, "
            + $"{container.Refused} refused, {container.Saved} saved");
        if (container.BackoffUntil is { } until)
            sheet.Row("back-off", $"until {UtcTime.Of(until)}, for {Age.Text(until - now)}");
    }

    private static string Describe(TaskReport task)
    {
        var thread = task.Tid == task.Pid ? "" : $" thread {task.Tid}";
        return $"pid {task.Pid}{thread} ({Printable.Of(task.Comm)}) in {Printable.Of(task.State)}"
            + (task.Wchan is { } wchan ? $" at {Printable.Of(wchan)}" : "")
            + (task.FileSystem is { } fileSystem ? $" on {Printable.Of(fileSystem)}" : "");
    }

    // What to do is the same as in the text of a refusal.
    private static string Describe(string diagnosis, ContainerReport container) => diagnosis switch
    {
        "d-state" => "D state: mend or detach what it waits for, or reboot",
        "frozen" => "frozen cgroup: thaw it",
        "exit-lost" => "exit lost: no task " + (container.EvidenceSince is { } since ? $"since {UtcTime.Of(since)}" : "is left")
            + (container.Stuck
                ? Hold(container.Hold)
                : "; the engine has yet to tell of its end"),
        "not-killed" => "not killed: SIGKILL never arrived; shim, runc or containerd hangs",
        "alive" => "on its way out",
        "cannot-tell" => "cannot tell: /proc can't be read",
        _ => Clean(diagnosis),
    };

    private static string Hold(HoldReport? hold) => hold switch
    {
        { ClientPid: { } pid } => $"; end pid {pid} ({Printable.Of(hold.ClientComm)}), which does not read its {Clean(hold.Operation ?? "")}",
        _ => "; no unread stream of ours: look for a client past the proxy (ss -xp, Recv-Q, peer dockerd), or at log driver "
            + Clean(hold?.LogDriver ?? "(unknown)"),
    };

    private static string Name(ContainerReport container) => Name(container.Name, container.Id);

    private static string Name(string name, string id) =>
        $"{(name.Length > 0 ? Clean(name, MaxName) : "(no name)")} ({Clean(ShortId.Of(id))})";

    private static string Open(int count, double? oldestSeconds) =>
        oldestSeconds is { } seconds && double.IsFinite(seconds)
            ? $"{count} open (oldest {Age.Text(TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 1e10)))})"
            : $"{count} open";

    private static string Count(long count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";

    // For names that containers and callers chose. What comes escaped already is made printable, and no backslash is doubled.
    private static string Clean(string foreign, int maxLength = 120) => LogText.Escape(foreign, maxLength);
}
