namespace DockerGuardProxy.Engine;

/// <summary>
/// The pure rules by which events, lists and calls that pass change the set. Every rule may be applied again to its own result without
/// harm: the same fact arrives by up to three ways (event, list, passing call), in any order.
/// </summary>
internal static class ContainerReducer
{
    /// <summary>Applies one event; what changed is added to <paramref name="changes"/>. Garbage changes nothing.</summary>
    public static ContainerSet Apply(ContainerSet set, EngineEvent message, List<ContainerChange> changes)
    {
        if (message.Type is not (null or "container") || message.Actor?.Id is not { Length: > 0 } id)
            return set;

        var known = set.Find(id);
        switch (message.Action)
        {
            case EngineActions.Create:
                return Create(set, known, FromEvent(id, message));
            case EngineActions.Start:
                return Start(set, known ?? FromEvent(id, message), message.TimeNano, changes);
            case EngineActions.Die:
                return known is null ? set : End(set, known, changes);
            case EngineActions.Kill:
                if (!message.IsOfSwarm)
                    changes.Add(new(ContainerChangeKind.Killed, known ?? FromEvent(id, message), message.Attribute("signal"), message.Time));
                return set;
            case EngineActions.Rename when message.OwnName is { } name:
                // The attribute oldName is not used: a label of that name would hide it.
                return known is null ? set.With(FromEvent(id, message)) : Rename(set, known, name, changes);
            case EngineActions.Destroy:
                return known is null ? set : Remove(set, known, changes);
            default:
                return set;
        }
    }

    /// <summary>
    /// The set after a full list. <paramref name="journal"/> holds the events that came in since before the list was asked for: the list
    /// may or may not have seen them, so they are applied again on top of it. Containers that came in after <paramref name="asked"/>
    /// (a <see cref="ContainerSet.Version"/>) are kept though the list lacks them; had they gone already, their destroy event would say so.
    /// </summary>
    public static ContainerSet Reconcile(
        ContainerSet current,
        IEnumerable<ListedContainer> list,
        IReadOnlyList<EngineEvent> journal,
        long asked,
        List<ContainerChange> changes)
    {
        var builder = current.ToBuilder();
        var listed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in list)
        {
            if (!listed.Add(line.Id))
                continue;
            var known = builder.Find(line.Id);
            var merged = Merge(known ?? new Container { Id = line.Id }, line);
            if (!ReferenceEquals(merged, known))
                builder.Set(merged);
        }

        foreach (var container in current.Containers)
        {
            if (!listed.Contains(container.Id) && container.Added <= asked)
                builder.Remove(container.Id);
        }

        var set = builder.ToSet();
        var ignored = new List<ContainerChange>();
        foreach (var message in journal)
            set = Apply(set, message, ignored);

        return Diff(current, set, changes);
    }

    /// <summary>A run began; <paramref name="startedNano"/> is 0 where only the call is known and not yet its event.</summary>
    public static ContainerSet Start(ContainerSet set, Container container, long startedNano, List<ContainerChange> changes)
    {
        if (container.Running)
        {
            var known = container.StartedNano;
            if (startedNano == 0 || startedNano == known)
                return set;
            if (known == 0)
                return set.With(container with { StartedNano = startedNano });

            // Two start events that are not the same one: the die between them was lost.
            set = End(set, container, changes);
            container = set.Find(container.Id)!;
        }

        container = container with { Running = true, Run = container.Run + 1, StartedNano = startedNano, Pid = null };
        set = set.With(container);
        changes.Add(new(ContainerChangeKind.RunStarted, set.Find(container.Id)!));
        return set;
    }

    public static ContainerSet Remove(ContainerSet set, Container container, List<ContainerChange> changes)
    {
        if (container.Running)
        {
            set = End(set, container, changes);
            container = set.Find(container.Id)!;
        }

        // moby releases the names of its links as well (linkIndex.delete).
        if (container.OwnName is { } name)
            set = MoveAliases(set, name, to: null);
        changes.Add(new(ContainerChangeKind.Removed, container));
        return set.Without(container.Id);
    }

    /// <summary>Gives the container another own name, and the names that its links give follow (moby <c>ContainerRename</c>).</summary>
    public static ContainerSet Rename(ContainerSet set, Container container, string name, List<ContainerChange> changes)
    {
        var former = container.OwnName;
        if (former == name)
            return set;

        var names = former is null ? container.Names : container.Names.Remove(former);
        container = container with { Names = names.Contains(name) ? names : names.Insert(0, name) };
        set = set.With(container);
        if (former is not null)
            set = MoveAliases(set, former, to: name);
        changes.Add(new(ContainerChangeKind.Renamed, set.Find(container.Id)!, former?[1..]));
        return set;
    }

    /// <summary>Takes one alias from whoever has it (<c>DELETE …?link=1</c>).</summary>
    public static ContainerSet Unlink(ContainerSet set, string alias) =>
        Container.IsAlias(alias) && set.Named(alias) is { } owner ? set.With(owner with { Names = owner.Names.Remove(alias) }) : set;

    /// <summary>
    /// Forgets every init pid: after a gap in the events a container may be in another run than the one it was read in, and a pid that is
    /// gone would pass for evidence.
    /// </summary>
    public static ContainerSet ForgetPids(ContainerSet set)
    {
        var builder = set.ToBuilder();
        foreach (var container in set.Containers)
        {
            if (container.Pid is not null)
                builder.Set(container with { Pid = null });
        }

        return builder.ToSet();
    }

    /// <summary>
    /// One known without a name was created by a call that passed without one, or lost its name for a moment to an older event of another.
    /// </summary>
    private static ContainerSet Create(ContainerSet set, Container? known, Container created)
    {
        if (known is null)
            return set.With(created);
        if (known.OwnName is not null && known.Labels is not null)
            return set;
        return set.With(known with
        {
            Names = known.OwnName is null ? known.Names.InsertRange(0, created.Names) : known.Names,
            Pod = known.Pod ?? created.Pod,
            Labels = known.Labels ?? created.Labels,
        });
    }

    private static ContainerSet End(ContainerSet set, Container container, List<ContainerChange> changes)
    {
        if (!container.Running)
            return set;
        set = set.With(container with { Running = false, Pid = null });
        changes.Add(new(ContainerChangeKind.RunEnded, set.Find(container.Id)!));
        return set;
    }

    private static Container FromEvent(string id, EngineEvent message) => new()
    {
        Id = id,
        Names = message.OwnName is { } name ? [name] : [],
        Pod = PodLabels.From(message.Actor?.Attributes),
        Labels = message.Actor?.Attributes,
    };

    private static Container Merge(Container known, ListedContainer line)
    {
        var names = known.Names.SequenceEqual(line.Names, StringComparer.Ordinal) ? known.Names : line.Names;
        if (names == known.Names && line.Running == known.Running && (line.Pod is null || line.Pod == known.Pod)
            && (known.Labels is not null || line.Labels is null))
        {
            return known;
        }

        var merged = known with { Names = names, Pod = line.Pod ?? known.Pod, Labels = known.Labels ?? line.Labels };
        if (line.Running == known.Running)
            return merged;
        return line.Running
            ? merged with { Running = true, Run = known.Run + 1, StartedNano = 0, Pid = null }
            : merged with { Running = false, Pid = null };
    }

    private static ContainerSet MoveAliases(ContainerSet set, string from, string? to)
    {
        foreach (var alias in set.AliasesUnder(from))
        {
            var owner = set.Named(alias)!;
            var names = owner.Names.Remove(alias);
            set = set.With(owner with { Names = to is null ? names : names.Add(to + alias[from.Length..]) });
        }

        return set;
    }

    /// <summary>Tells what differs, and gives a run that is the same in both its number and what was learned of it.</summary>
    private static ContainerSet Diff(ContainerSet before, ContainerSet after, List<ContainerChange> changes)
    {
        foreach (var was in before.Containers)
        {
            var now = after.Find(was.Id);
            if (ReferenceEquals(was, now))
                continue;
            var sameRun = now is { Running: true } && was.Running && (was.StartedNano == now.StartedNano || was.StartedNano == 0);
            if (was.Running && !sameRun)
                changes.Add(new(ContainerChangeKind.RunEnded, (now ?? was) with { Running = false, Pid = null }));
            if (now is null)
            {
                changes.Add(new(ContainerChangeKind.Removed, was with { Running = false, Pid = null }));
                continue;
            }

            var kept = now with
            {
                StopTimeout = now.StopTimeout ?? was.StopTimeout,
                StopSignal = now.StopSignal ?? was.StopSignal,
                LogDriver = now.LogDriver ?? was.LogDriver,
                Added = was.Added,
            };
            if (sameRun)
                kept = kept with { Run = was.Run, Pid = was.Pid };
            else if (now.Running && now.Run <= was.Run)
                kept = kept with { Run = was.Run + 1 };
            if (kept != now)
            {
                after = after.With(kept);
                now = after.Find(was.Id)!;
            }

            if (was.OwnName is { } former && now.OwnName is not null && former != now.OwnName)
                changes.Add(new(ContainerChangeKind.Renamed, now, former[1..]));
            if (now.Running && !sameRun)
                changes.Add(new(ContainerChangeKind.RunStarted, now));
        }

        foreach (var now in after.Containers)
        {
            if (now.Running && before.Find(now.Id) is null)
                changes.Add(new(ContainerChangeKind.RunStarted, now));
        }

        return after;
    }
}
