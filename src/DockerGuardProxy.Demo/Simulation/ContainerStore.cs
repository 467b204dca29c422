using System.Text.RegularExpressions;

namespace DockerGuardProxy.Demo.Simulation;

/// <summary>The engine's containers, by id and by name. All access is behind one lock.</summary>
internal sealed partial class ContainerStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, SimulatedContainer> _byId = [];
    private readonly Dictionary<string, SimulatedContainer> _byName = [];

    /// <summary>All, newest first as the engine lists them.</summary>
    public IReadOnlyList<SimulatedContainer> All
    {
        get { lock (_gate) return [.. _byId.Values.Reverse()]; }
    }

    /// <summary>Full id, exact name, unique prefix of an id (moby daemon/container.go, GetContainer).</summary>
    /// <exception cref="EngineException">404, or 500 if the prefix is ambiguous.</exception>
    public SimulatedContainer Get(string reference)
    {
        lock (_gate)
        {
            if (_byId.TryGetValue(reference, out var found) || _byName.TryGetValue(WithSlash(reference), out found)) return found;
            var prefixed = _byId.Values.Where(c => c.Id.StartsWith(reference, StringComparison.Ordinal)).Take(2).ToArray();
            return prefixed.Length switch
            {
                1 => prefixed[0],
                0 => throw EngineException.NotFound(reference),
                _ => throw new EngineException(500, $"Multiple IDs found with provided prefix: {reference}"),
            };
        }
    }

    /// <exception cref="EngineException">400 or 409 if the name can't be had.</exception>
    public SimulatedContainer Add(ContainerSpec spec, DateTimeOffset now)
    {
        var id = Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32));
        var name = WithSlash(spec.Name.Length > 0 ? spec.Name : id[..12]);
        lock (_gate)
        {
            Reserve(name);
            return _byId[id] = _byName[name] = new SimulatedContainer(spec, id, name, now);
        }
    }

    /// <exception cref="EngineException">400 or 409 if the name can't be had.</exception>
    public void Rename(SimulatedContainer container, string name)
    {
        name = WithSlash(name);
        lock (_gate)
        {
            if (container.Name == name)
                throw new EngineException(400, "Renaming a container with the same name as its current name");
            Reserve(name);
            _byName.Remove(container.Name);
            container.Name = name;
            _byName[name] = container;
        }
    }

    /// <summary>False if it was removed before.</summary>
    public bool Remove(SimulatedContainer container)
    {
        lock (_gate)
        {
            _byName.Remove(container.Name);
            return _byId.Remove(container.Id);
        }
    }

    private void Reserve(string name)
    {
        if (!ValidName().IsMatch(name))
            throw new EngineException(400, $"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
        if (_byName.TryGetValue(name, out var other))
        {
            throw new EngineException(
                409,
                $"Conflict. The container name \"{name}\" is already in use by container \"{other.Id}\". "
                + "You have to remove (or rename) that container to be able to reuse that name.");
        }
    }

    private static string WithSlash(string name) => name.StartsWith('/') ? name : "/" + name;

    [GeneratedRegex("^/[a-zA-Z0-9][a-zA-Z0-9_.-]+$")]
    private static partial Regex ValidName();
}
