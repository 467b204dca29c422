using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace DockerGuardProxy.Probe;

/// <summary>Where a process stands, from <c>/proc/PID/cgroup</c>; see cgroups(7).</summary>
/// <param name="Understood">
/// False for a malformed text, and for paths that leave our own cgroup namespace (<c>/../..</c>): the part that would tell the container
/// may be hidden.
/// </param>
/// <param name="Ids">
/// The container ids on its path, outermost first: with Docker in Docker a task belongs to more than one container.
/// </param>
/// <param name="HidesExiting">
/// It stands in the root of every v1 hierarchy. The kernel says so of every task that exits (cgroup.c, proc_cgroup_show), wherever it was.
/// </param>
/// <param name="FreezerPath">Path in the hierarchy that can freeze it; null if there is none.</param>
/// <param name="Unified">Whether that hierarchy is v2.</param>
internal sealed record CgroupPlace(
    bool Understood, ImmutableArray<string> Ids, bool HidesExiting, string? FreezerPath, bool Unified)
{
    private const int IdLength = 64;
    private static readonly SearchValues<byte> IdDigits = SearchValues.Create("0123456789abcdef"u8);
    private static readonly CgroupPlace NotUnderstood = new(false, [], false, null, false);
    private static readonly CgroupPlace Root = new(true, [], true, null, false);

    /// <summary>Reads the text of one file.</summary>
    public static CgroupPlace Parse(ReadOnlySpan<byte> text)
    {
        var ids = ImmutableArray<string>.Empty;
        string? freezer = null, unified = null;
        bool anyV1 = false, allRoot = true;
        foreach (var range in text.TrimEnd((byte)'\n').Split((byte)'\n'))
        {
            var line = text[range];
            var first = line.IndexOf((byte)':');
            var second = first < 0 ? -1 : line[(first + 1)..].IndexOf((byte)':');
            if (second < 0)
                return NotUnderstood;
            var controllers = line.Slice(first + 1, second);
            var path = line[(first + second + 2)..];
            if (path.EndsWith(" (deleted)"u8))
                path = path[..^" (deleted)"u8.Length];
            if (path.IsEmpty || path[0] != '/' || path.StartsWith("/.."u8))
                return NotUnderstood;

            CollectIds(path, ref ids);
            var isUnified = controllers.IsEmpty && line[..first].SequenceEqual("0"u8);
            if (!isUnified)
            {
                anyV1 = true;
                allRoot &= path.Length == 1;
            }

            if (path.Length == 1)
                continue;
            if (isUnified)
                unified = Encoding.UTF8.GetString(path);
            else if (HasFreezer(controllers))
                freezer = Encoding.UTF8.GetString(path);
        }

        if (anyV1 && allRoot && ids.IsEmpty && unified is null)
            return Root;
        return new(true, ids, anyV1 && allRoot && ids.IsEmpty, freezer ?? unified, freezer is null && unified is not null);
    }

    /// <summary>
    /// <c>/docker/ID</c>, <c>…/docker-ID.scope</c>, <c>/kubepods/burstable/podUID/ID</c>, <c>…slice:docker:ID</c>, and anything below.
    /// Scopes with another prefix are other engines' (or a monitor of theirs), not containers of Docker.
    /// </summary>
    private static void CollectIds(ReadOnlySpan<byte> path, ref ImmutableArray<string> ids)
    {
        if (path.Length <= IdLength)
            return;
        foreach (var range in path.Split((byte)'/'))
        {
            var part = path[range];
            if (part.EndsWith(".scope"u8))
                part = part[..^".scope"u8.Length];
            if (part.Length < IdLength)
                continue;
            var prefix = part[..^IdLength];
            var id = part[^IdLength..];
            if (id.ContainsAnyExcept(IdDigits)
                || !(prefix.IsEmpty || prefix.SequenceEqual("docker-"u8) || prefix[^1] == ':'))
            {
                continue;
            }
            if (!Contains(ids, id))
                ids = ids.Add(Encoding.ASCII.GetString(id));
        }
    }

    private static bool Contains(ImmutableArray<string> ids, ReadOnlySpan<byte> id)
    {
        foreach (var known in ids)
        {
            if (Ascii.Equals(id, known))
                return true;
        }

        return false;
    }

    private static bool HasFreezer(ReadOnlySpan<byte> controllers)
    {
        foreach (var range in controllers.Split((byte)','))
        {
            if (controllers[range].SequenceEqual("freezer"u8))
                return true;
        }

        return false;
    }
}
