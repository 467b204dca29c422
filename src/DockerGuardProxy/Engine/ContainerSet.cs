using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace DockerGuardProxy.Engine;

/// <summary>
/// All containers at one moment, findable as dockerd finds them. Immutable; every change costs O(log n).
/// Invariant: <c>_names[n] == id</c> exactly when the container with that id lists n among its names.
/// </summary>
internal sealed class ContainerSet
{
    private readonly ImmutableDictionary<string, Container> _byId;
    private readonly ImmutableDictionary<string, string> _names;
    private readonly ImmutableSortedSet<string> _ids;

    // Almost always empty. Kept apart so that a rename or removal of a linking container finds the aliases without a walk over all names.
    private readonly ImmutableSortedSet<string> _aliases;

    private ContainerSet(
        ImmutableDictionary<string, Container> byId,
        ImmutableDictionary<string, string> names,
        ImmutableSortedSet<string> ids,
        ImmutableSortedSet<string> aliases,
        long version)
    {
        (_byId, _names, _ids, _aliases, Version) = (byId, names, ids, aliases, version);
    }

    public static ContainerSet Empty { get; } = new(
        ImmutableDictionary.Create<string, Container>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, string>(StringComparer.Ordinal),
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal),
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal),
        0);

    public int Count => _byId.Count;

    public IEnumerable<Container> Containers => _byId.Values;

    /// <summary>Grows with every change; never the same for two states of one index.</summary>
    public long Version { get; }

    public Container? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The container that has this name, leading slash included.</summary>
    public Container? Named(string name) => _names.TryGetValue(name, out var id) ? _byId[id] : null;

    /// <summary>The names that links of the container with this own name give to others: <c>/own/…</c>.</summary>
    public IReadOnlyList<string> AliasesUnder(string ownName) =>
        _aliases.IsEmpty ? [] : [.. _aliases.Where(alias => IsUnder(alias, ownName))];

    /// <summary>
    /// Whom the reference means, in the order of moby <c>daemon.GetContainer</c>: full id, name, unique prefix of an id. No white space is
    /// trimmed, no case folded.
    /// </summary>
    public Resolution Resolve(string reference)
    {
        if (reference.Length == 0)
            return Resolution.None;
        if (_byId.TryGetValue(reference, out var container))
            return new Resolution(ResolutionKind.Found, container, Exact: true);
        if (Named(reference[0] == '/' ? reference : "/" + reference) is { } named)
            return new Resolution(ResolutionKind.Found, named, Exact: false);

        // The first id at or after the prefix; ids that share it are neighbours.
        var at = _ids.IndexOf(reference);
        if (at < 0)
            at = ~at;
        if (!HasPrefix(at, reference))
            return Resolution.None;
        return HasPrefix(at + 1, reference)
            ? Resolution.Ambiguous
            : new Resolution(ResolutionKind.Found, _byId[_ids[at]], Exact: false);
    }

    /// <summary>Adds or replaces one container. A name that another one still had is taken from it: the engine knows a name once.</summary>
    public ContainerSet With(Container container)
    {
        var builder = new Builder(this);
        builder.Set(container);
        return builder.ToSet();
    }

    public ContainerSet Without(string id)
    {
        if (!_byId.ContainsKey(id))
            return this;
        var builder = new Builder(this);
        builder.Remove(id);
        return builder.ToSet();
    }

    public Builder ToBuilder() => new(this);

    private static bool IsUnder(string alias, string ownName) =>
        alias.Length > ownName.Length && alias[ownName.Length] == '/' && alias.StartsWith(ownName, StringComparison.Ordinal);

    private bool HasPrefix(int index, string prefix) =>
        index < _ids.Count && _ids[index].StartsWith(prefix, StringComparison.Ordinal);

    /// <summary>Makes many changes at once.</summary>
    internal sealed class Builder(ContainerSet set)
    {
        private readonly ImmutableDictionary<string, Container>.Builder _byId = set._byId.ToBuilder();
        private readonly ImmutableDictionary<string, string>.Builder _names = set._names.ToBuilder();
        private readonly ImmutableSortedSet<string>.Builder _ids = set._ids.ToBuilder();
        private readonly ImmutableSortedSet<string>.Builder _aliases = set._aliases.ToBuilder();

        public Container? Find(string id) => _byId.TryGetValue(id, out var container) ? container : null;

        public void Set(Container container)
        {
            if (_byId.TryGetValue(container.Id, out var old))
                Release(old, keep: container.Names);
            else
                container = container with { Added = set.Version + 1 };

            _byId[container.Id] = container;
            _ids.Add(container.Id);
            foreach (var name in container.Names)
            {
                if (_names.TryGetValue(name, out var owner) && owner != container.Id)
                    _byId[owner] = _byId[owner] with { Names = _byId[owner].Names.Remove(name) };
                _names[name] = container.Id;
                if (Container.IsAlias(name))
                    _aliases.Add(name);
            }
        }

        public void Remove(string id)
        {
            if (!_byId.TryGetValue(id, out var old))
                return;
            Release(old, keep: []);
            _byId.Remove(id);
            _ids.Remove(id);
        }

        public ContainerSet ToSet() => new(
            _byId.ToImmutable(), _names.ToImmutable(), _ids.ToImmutable(), _aliases.ToImmutable(), set.Version + 1);

        private void Release(Container old, ImmutableArray<string> keep)
        {
            foreach (var name in ImmutableCollectionsMarshal.AsArray(old.Names)!)
            {
                if (keep.Contains(name))
                    continue;
                _names.Remove(name);
                _aliases.Remove(name);
            }
        }
    }
}
