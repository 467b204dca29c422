namespace DockerGuardProxy.Demo.Real;

/// <summary>An ext4 in a file, mounted, that can be frozen: whoever writes to it then sleeps uninterruptibly, at percpu_rwsem_wait.</summary>
internal sealed class FreezableDisk : IAsyncDisposable
{
    private const long Size = 32 << 20;

    private const int UnmountAttempts = 30;

    private readonly TimeProvider _time;
    private bool _isFrozen;

    private FreezableDisk(string mountPoint, TimeProvider time)
    {
        MountPoint = mountPoint;
        _time = time;
    }

    public string MountPoint { get; }

    /// <summary>Makes and mounts it below a folder.</summary>
    /// <exception cref="DemoException">Not root, no loop devices, a tool is missing …</exception>
    public static async Task<FreezableDisk> CreateAsync(string folder, TimeProvider time)
    {
        var file = Path.Combine(folder, "disk.ext4");
        await using (var stream = File.Create(file)) stream.SetLength(Size);
        await Tool.RunAsync("mkfs.ext4", "-q", "-F", file);
        var mountPoint = Directory.CreateDirectory(Path.Combine(folder, "disk")).FullName;
        await Tool.RunAsync("mount", "-o", "loop", file, mountPoint);
        return new FreezableDisk(mountPoint, time);
    }

    public async Task FreezeAsync()
    {
        await Tool.RunAsync("fsfreeze", "-f", MountPoint);
        _isFrozen = true;
    }

    /// <summary>Wakes whoever sleeps on it.</summary>
    /// <exception cref="DemoException">It stays frozen.</exception>
    public async Task ThawAsync()
    {
        if (!_isFrozen) return;
        await Tool.RunAsync("fsfreeze", "-u", MountPoint);
        _isFrozen = false;
    }

    /// <summary>Thaws and unmounts it.</summary>
    /// <exception cref="DemoException">It stays mounted.</exception>
    public async ValueTask DisposeAsync()
    {
        await ThawAsync();

        // The last process's mount namespace may go a moment after it.
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await Tool.RunAsync("umount", MountPoint);
                return;
            }
            catch (DemoException) when (attempt < UnmountAttempts)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), _time);
            }
            catch (DemoException)
            {
                // Somebody looks into it: it is gone from the tree now, and with its last user for good.
                await Tool.RunAsync("umount", "--lazy", MountPoint);
                return;
            }
        }
    }
}
