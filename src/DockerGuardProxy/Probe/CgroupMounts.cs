using System.Collections.Immutable;

namespace DockerGuardProxy.Probe;

/// <summary>The freezers as mounted for us.</summary>
/// <param name="mounts">Our own mount table.</param>
/// <param name="rootFolder">Put before each mount point; empty outside of tests.</param>
internal sealed class CgroupMounts(ImmutableArray<Mount> mounts, string rootFolder)
{
    private readonly Mount? _freezer = mounts.LastOrDefault(
        static mount => mount.Type == "cgroup" && mount.Options.Split(',').Contains("freezer"));

    private readonly Mount? _unified = mounts.LastOrDefault(static mount => mount.Type == "cgroup2");

    /// <summary>
    /// Whether the member's cgroup is frozen, itself or through one above it. v1: <c>freezer.state</c> is FROZEN (FREEZING means that some
    /// task can't be frozen: it hangs elsewhere). v2: <c>cgroup.events</c> says <c>frozen 1</c>. Unknown counts as no.
    /// </summary>
    public bool IsFrozen(ProcReader reader, Member member)
    {
        var mount = member.Unified ? _unified : _freezer;
        if (mount is null || member.FreezerPath is not { } path)
            return false;

        // In a container of its own the proxy sees only a part of the hierarchy mounted.
        if (mount.Root != "/")
        {
            if (path != mount.Root && !path.StartsWith(mount.Root + "/", StringComparison.Ordinal))
                return false;
            path = path[mount.Root.Length..];
        }

        var folder = rootFolder + mount.Point + path;
        if (reader.Read(folder + (member.Unified ? "/cgroup.events" : "/freezer.state"), out var text) != ReadOutcome.Done)
            return false;
        return member.Unified ? text.IndexOf("frozen 1\n"u8) >= 0 : text.TrimEnd((byte)'\n').SequenceEqual("FROZEN"u8);
    }
}
