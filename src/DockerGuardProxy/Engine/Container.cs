using System.Collections.Immutable;

namespace DockerGuardProxy.Engine;

/// <summary>What the index knows of one container. Immutable: a change makes another one.</summary>
internal sealed record Container
{
    /// <summary>The full id, 64 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>
    /// Every name the engine has reserved for it, each with its leading slash: its own (<c>/web</c>) and those that other containers'
    /// links give it (<c>/app/web</c>). Empty for some dead containers.
    /// </summary>
    public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>
    /// A run is on: a task exists, as far as events tell. False between the runs of a restart policy, where dockerd's own
    /// <c>State.Running</c> stays true.
    /// </summary>
    public bool Running { get; init; }

    /// <summary>Counts the runs seen, from 1. A different number is a different run; the same number is the same one.</summary>
    public long Run { get; init; }

    /// <summary>The engine's wall clock at the run's start event, in nanoseconds since 1970; 0 when that event was not seen.</summary>
    public long StartedNano { get; init; }

    /// <summary>The init process of the run, in the engine's pid namespace; null when not known (yet).</summary>
    public int? Pid { get; init; }

    /// <summary>Seconds a stop without <c>t</c> gives it; below zero never ends; null when not known. dockerd's default is filled in.</summary>
    public long? StopTimeout { get; init; }

    /// <summary>Upper case, without <c>SIG</c> (<c>TERM</c>, or a number as text); null when not known. dockerd's default is filled in.</summary>
    public string? StopSignal { get; init; }

    /// <summary>Name of its log driver; null when not known.</summary>
    public string? LogDriver { get; init; }

    /// <summary>Its pod, when its labels name one.</summary>
    public PodLabels? Pod { get; init; }

    /// <summary>Its labels, which never change; null when not known. Where an event told of it, with what that adds to them.</summary>
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary><see cref="ContainerSet.Version"/> when it came in; a list asked for before that can't know it.</summary>
    public long Added { get; init; }

    /// <summary>Its own name without the slash, or null when it has none.</summary>
    public string? Name => OwnName?[1..];

    /// <summary>Its own name with the slash: the one that is no link's.</summary>
    internal string? OwnName
    {
        get
        {
            foreach (var name in Names)
            {
                if (!IsAlias(name))
                    return name;
            }

            return null;
        }
    }

    /// <summary>Whether an inspect could still teach something about it.</summary>
    internal bool IsFullyKnown => StopTimeout is not null && StopSignal is not null && (!Running || Pid is not null);

    internal static bool IsAlias(string name) => name.AsSpan(1).Contains('/');
}
