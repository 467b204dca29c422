namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>
/// An ext4 in a file that can be frozen: a task that writes to it then sleeps in D state (<c>percpu_rwsem_wait</c>), as one on
/// a dead disk does.
/// </summary>
internal sealed class FrozenFileSystem : IAsyncDisposable
{
    private bool _frozen;

    private FrozenFileSystem(string path) => Folder = path;

    /// <summary>Where it is mounted.</summary>
    public string Folder { get; }

    /// <summary>Makes and mounts one, not frozen yet.</summary>
    /// <param name="folder">The folder to mount it on; null for a new one.</param>
    public static async Task<FrozenFileSystem> MountAsync(string? folder = null)
    {
        var fs = new FrozenFileSystem(folder ?? Machine.NewPath("fs"));
        Directory.CreateDirectory(fs.Folder);
        await RunAsync("bash", "-ec", """
            truncate -s 64M "$0.img"
            mkfs.ext4 -q -F "$0.img"
            mount -o loop "$0.img" "$0"
            """, fs.Folder);
        return fs;
    }

    /// <summary>From now on, writers sleep in D state.</summary>
    public async Task FreezeAsync()
    {
        await RunAsync("fsfreeze", "-f", Folder);
        _frozen = true;
    }

    /// <summary>Lets the writers go on.</summary>
    public async Task ThawAsync()
    {
        if (!_frozen)
            return;
        await RunAsync("fsfreeze", "-u", Folder);
        _frozen = false;
    }

    public async ValueTask DisposeAsync()
    {
        await ThawAsync();
        // Lazily if a container still holds it: the loop device goes with the last user.
        await RunAsync("bash", "-c", "umount \"$0\" 2>/dev/null || umount -l \"$0\"; rm -f \"$0.img\"", Folder);
    }

    private static async Task RunAsync(params string[] command)
    {
        var result = await Command.RunAsync(command);
        if (result.ExitCode != 0)
            throw new InvalidOperationException($"{command[0]}: {result.Error}");
    }
}
