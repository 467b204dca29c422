using System.Collections.Immutable;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Route;

/// <summary>
/// Learns whether the processes live whose output nobody takes: a container's tasks, an exec's first process. Belongs to the loop of
/// <see cref="StreamWatch"/>; nothing is asked or read while no stream presses.
/// </summary>
internal sealed class ProcessEnds(
    IEngineApi engine, EngineVitalsWatch vitals, ContainerIndex index, Prober prober, TimeProvider time)
{
    /// <summary>A client that takes a byte now and then does not have its container looked at as if for the first time each time.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(1);

    /// <summary>So many questions about execs wait for the engine at a time: one that does not answer is not to have hundreds of them.</summary>
    private const int MaxAsked = 4;

    private readonly Dictionary<(string Id, long Run), ContainerEnd> _containers = [];
    private readonly Dictionary<string, ExecEnd> _execs = new(StringComparer.Ordinal);

    /// <summary>Since when the stream's process has been gone; null while it is not, or it can't be told.</summary>
    public TimeSpan? GoneSince(WatchedStream one)
    {
        var exec = one.Exec?.GoneSince;
        if (one.Container is not { } container || !_containers.TryGetValue((container.Id, container.Run), out var end)) return exec;
        return exec is null || end.GoneSince < exec ? end.GoneSince ?? exec : exec;
    }

    /// <summary>Looks at the processes of these streams, as far as something about them can have changed; forgets the others.</summary>
    public async Task LookAsync(ImmutableArray<WatchedStream> pressing, TimeSpan now, CancellationToken cancellationToken)
    {
        // 1. What is known by now.
        foreach (var exec in _execs.Where(known => now - known.Value.PressedAt > Kept).Select(known => known.Key).ToArray()) _execs.Remove(exec);
        foreach (var one in pressing.Where(one => one.Stream.Kind == StreamKind.Exec))
        {
            one.Exec = Press(one.Stream.Reference, now);
            if (!one.Exec.IsNew || _execs.Values.Count(static exec => exec.IsAsking) < MaxAsked) await one.Exec.AskAsync(now, cancellationToken);
            one.Resolve(index);
        }

        var running = pressing.Where(one => one.Container is { Running: true }).ToArray();
        var asked = Follow([.. running.Select(one => one.Container!).DistinctBy(container => container.Id)], now);
        foreach (var end in asked) await end.TakeAsync(now);

        // 2. Cheap looks: one small file each.
        await TakeStartsAsync(asked, pressing, now);

        // 3. Others, where those tell that something has changed, or there is nothing to look at cheaply.
        foreach (var end in asked) end.Look(now, cancellationToken);
        foreach (var one in running.Where(one => one.Exec is { NeedsLook: true }))
        {
            var container = one.Container!;
            var age = time.GetElapsedTime(one.Stream.Began);
            await one.Exec!.LookAsync(new ContainerRun(container.Id, ~container.Run, container.Pid, KillDue: true), age, now);
        }
    }

    private ImmutableArray<ContainerEnd> Follow(ImmutableArray<Container> containers, TimeSpan now)
    {
        foreach (var (key, _) in _containers.Where(known => now - known.Value.PressedAt > Kept).ToArray()) _containers.Remove(key);
        return [.. containers.Select(Press)];

        ContainerEnd Press(Container container)
        {
            if (!_containers.TryGetValue((container.Id, container.Run), out var end))
                _containers.Add((container.Id, container.Run), end = new ContainerEnd(prober, container.Id, container.Run));
            end.InitPid = container.Pid ?? end.InitPid;
            end.PressedAt = now;
            return end;
        }
    }

    private ExecEnd Press(string exec, TimeSpan now)
    {
        if (!_execs.TryGetValue(exec, out var end))
        {
            _execs.Add(exec, end = new ExecEnd(engine, prober, exec, time)
            {
                // Where the version is not known, the more careful way.
                ChildrenCount = EngineVersion.WaitsForOutput(vitals.Info?.Version) ?? true,
            });
        }

        end.PressedAt = now;
        return end;
    }

    private async Task TakeStartsAsync(ImmutableArray<ContainerEnd> asked, ImmutableArray<WatchedStream> pressing, TimeSpan now)
    {
        var inits = asked.Where(end => end.InitPid is not null).ToArray();
        var execs = pressing.Select(one => one.Exec).OfType<ExecEnd>().Where(exec => exec.Process is not null).Distinct().ToArray();
        if (inits.Length + execs.Length == 0) return;
        var starts = await prober.StartsAsync(
            [.. inits.Select(end => new NamedProcess(end.InitPid!.Value, null)), .. execs.Select(exec => exec.Process!.Value)]);
        if (starts.IsDefault) return;
        for (var i = 0; i < inits.Length; i++) inits[i].Take(starts[i], now);
        for (var i = 0; i < execs.Length; i++) execs[i].Take(starts[inits.Length + i], now);
    }
}
