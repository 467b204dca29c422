using System.Text;

namespace DockerGuardProxy.Calls;

/// <summary>A route of the Docker Engine API, and all that is to be known of its calls.</summary>
/// <param name="Method">In capitals, as Go compares it.</param>
/// <param name="Template">The path, as moby's routers spell it.</param>
internal sealed record CallRow(string Method, string Template)
{
    private const string OfContainer = "/containers/{";

    /// <summary>The template, ready to match.</summary>
    public RouteTemplate Route { get; } = new(Template);

    /// <summary>The operation, as configuration, telemetry and status call it; null for calls of which nothing is told.</summary>
    public string? Name { get; init; }

    /// <summary>The rule that guards its calls; null for none.</summary>
    public Family? Family { get; init; }

    /// <summary>What the ledger calls it; in <see cref="Calls.Family.Ending"/> alone.</summary>
    public Operation? Operation { get; init; }

    /// <summary>Behind the route, which of its calls the family takes; for people.</summary>
    public string Which { get; init; } = "";

    /// <summary>What the index, or the watch over signals that bypass us, learns of its answer; null for nothing.</summary>
    public ChangingCallKind? Changes { get; init; }

    /// <summary>Whether the engine may turn the connection into a raw stream: by 101, or to a POST by 200.</summary>
    public bool MayHijack { get; init; }

    /// <summary>Whether its calls may be copied as they come; not those that must be understood.</summary>
    public bool IsSpliced { get; init; }

    /// <summary>What it is to those who watch over clients that do not read; null for a call of which nothing waits.</summary>
    public StreamKind? Stream { get; init; }

    /// <summary>Whether it makes an exec instance in the container that its path names.</summary>
    public bool MakesExec { get; init; }

    /// <summary>Whether its answer tells of the container's execs, and so waits, up to 23.0, for one that is just being started.</summary>
    public bool ReadsExecs { get; init; }

    /// <summary>What its calls have to do with the lock of their container; see <see cref="LockOf"/> for those of which some have less.</summary>
    public LockPart Lock { get; init; }

    /// <summary>Whether its open calls are counted and their age told: a lock, shim or disk may hang. The ledger counts the ending ones.</summary>
    public bool IsWatched => Name is not null && Family is not Calls.Family.Ending;

    /// <summary>Whether its calls are counted by container while they are unanswered, or while they may hold its lock.</summary>
    public bool IsCounted => Lock != LockPart.None || Family == Calls.Family.Stats;

    /// <summary>Whether its path names a container.</summary>
    public bool NamesContainer => Template.StartsWith(OfContainer, StringComparison.Ordinal);

    /// <summary>What one call has to do with the lock.</summary>
    /// <param name="rawTarget">A target of origin form in which this row was found.</param>
    public LockPart LockOf(ReadOnlySpan<char> rawTarget) => Name switch
    {
        // The walk over its files begins when the lock is free again, and takes as long as it takes.
        "inspect" when LockQuery.IsSet(rawTarget, "size") => Lock & ~LockPart.Permit,

        // The head comes with the container's end: four of them would hold back everybody (moby, postContainersWait).
        "wait" when LockQuery.VersionOf(rawTarget) is { } version && version < ApiVersion.EarlyWaitHead => LockPart.None,
        _ => Lock,
    };

    /// <summary>
    /// What a call of this row names, decoded: a container, for <c>/exec/</c> an exec instance. Empty where the route names nothing.
    /// </summary>
    /// <param name="rawTarget">A target in which this row was found.</param>
    public string ReferenceIn(ReadOnlySpan<char> rawTarget)
    {
        if (!RequestTarget.TryParse(rawTarget, out var target)) return "";
        var path = RoutePath.Of(target.Path, stackalloc byte[RoutePath.Room]);
        return Route.TryMatch(path.Route, out var name) ? Encoding.UTF8.GetString(path.Route[name]) : "";
    }
}
