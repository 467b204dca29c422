using System.Collections.Frozen;
using System.Collections.Immutable;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Probe;

/// <summary>
/// Tells the file system that a stuck task waits for, as far as that can be told without touching it: the kernel names it nowhere. A path
/// that the task is about to open is in its memory only (<c>syscall</c> and <c>stack</c> take locks that it may hold).
/// </summary>
internal static class FileSystemGuess
{
    private const int MaxName = 256;

    /// <summary>File systems without a disk or server behind them, and those that lie on another one.</summary>
    private static readonly FrozenSet<string> Harmless = FrozenSet.Create(
        "proc", "sysfs", "tmpfs", "devtmpfs", "devpts", "mqueue", "cgroup", "cgroup2", "ramfs", "rootfs", "securityfs", "debugfs", "tracefs",
        "bpf", "pstore", "hugetlbfs", "configfs", "efivarfs", "binfmt_misc", "nsfs", "selinuxfs", "rpc_pipefs", "fusectl", "overlay", "aufs");

    /// <summary>Files that the engine or kubelet binds into each container from its own disk.</summary>
    private static readonly FrozenSet<string> EngineFiles =
        FrozenSet.Create("/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/termination-log");

    /// <summary>What the name of a kernel function says of the file system: its prefix, and how the type's name begins.</summary>
    private static readonly (string Wchan, string Type)[] Hints =
    [
        ("nfs", "nfs"), ("rpc_", "nfs"), ("fuse_", "fuse"), ("request_wait_answer", "fuse"), ("cifs_", "cifs"), ("smb", "cifs"),
        ("ceph_", "ceph"), ("v9fs_", "9p"), ("p9_", "9p"), ("ext4_", "ext"), ("jbd2_", "ext"), ("xfs_", "xfs"), ("xlog_", "xfs"),
        ("btrfs_", "btrfs"), ("autofs_", "autofs"), ("gfs2_", "gfs2"), ("ocfs2_", "ocfs2"), ("f2fs_", "f2fs"), ("zfs_", "zfs"),
    ];

    /// <summary>
    /// Type and source, or null: a wrong one would send people to the wrong server. By elimination:
    /// 1. What is mounted into the container, of the type that the kernel function names, if it names one. The engine's own disk counts
    ///    only if nothing else is left of a named type: with that disk dead the engine would not answer either.
    /// 2. One left: that is it, unless the task has a volume on the engine's own disk open, which may be it as well.
    /// 3. Several of a named type: the only one of them that the task has open. Of no named type: can't be told; an open file on the one
    ///    does not mean that the task is not about to open a file on the other.
    /// </summary>
    /// <param name="wchan">Kernel function the task sleeps in.</param>
    /// <param name="root">Root link of the task: mount points are relative to it, links are not.</param>
    /// <param name="links">Links of cwd and open files.</param>
    /// <param name="mounts">Mount table of the task.</param>
    public static string? Of(string wchan, string root, IEnumerable<string> links, ImmutableArray<Mount> mounts)
    {
        // 1.
        var hint = Hints.FirstOrDefault(hint => wchan.StartsWith(hint.Wchan, StringComparison.Ordinal)).Type;
        var possible = mounts.Where(mount => hint is null
            ? !Harmless.Contains(mount.Type)
            : mount.Type.StartsWith(hint, StringComparison.Ordinal)).ToHashSet();
        var engine = mounts.Where(static mount => IsOfEngine(mount)).Select(Name).ToHashSet();
        var names = possible.Select(Name).Where(name => !engine.Contains(name)).Distinct().ToArray();
        if (names.Length == 0 && hint is not null)
            names = [.. possible.Select(Name).Distinct()];

        // 2.
        var open = links.Select(link => Below(root, link)).Select(path => path is null ? null : Find(mounts, path))
            .OfType<Mount>().Where(mount => possible.Contains(mount) && !IsOfEngine(mount)).Select(Name).ToHashSet();
        if (names.Length == 1)
            return hint is null && open.Any(engine.Contains) ? null : names[0];

        // 3.
        var openOnes = names.Where(open.Contains).ToArray();
        return hint is not null && openOnes.Length == 1 ? openOnes[0] : null;
    }

    private static bool IsOfEngine(Mount mount) => mount.Point == "/" || EngineFiles.Contains(mount.Point);

    // A source may be as long as a page: ceph names each of its monitors.
    private static string Name(Mount mount)
    {
        var name = Printable.Of($"{mount.Type} {mount.Source}");
        return name.Length <= MaxName ? name : name[..(MaxName - 1)] + "~";
    }

    /// <summary>Pipes, sockets and the like are no paths: null.</summary>
    private static string? Below(string root, string link)
    {
        if (!link.StartsWith('/'))
            return null;
        if (root.Length <= 1)
            return link;
        if (!link.StartsWith(root, StringComparison.Ordinal))
            return null;
        return link.Length == root.Length ? "/" : link[root.Length] == '/' ? link[root.Length..] : null;
    }

    private static Mount? Find(ImmutableArray<Mount> mounts, string path)
    {
        Mount? best = null;
        foreach (var mount in mounts)
        {
            if (mount.Covers(path) && (best is null || mount.Point.Length >= best.Point.Length))
                best = mount;
        }

        return best;
    }
}
