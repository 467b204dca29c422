using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Packaging;

/// <summary>
/// A booted Debian 12 as it comes: cgroup v2 alone, an engine (20.10.24) that leaves cgroups to systemd, the package installed. Shared by the tests
/// that name it as their collection; each leaves it as it was.
/// </summary>
[CollectionDefinition]
public sealed class Debian12 : ICollectionFixture<Debian12>, IAsyncLifetime
{
    /// <summary>A client's command, by the package's own socket.</summary>
    internal const string Guarded = "docker -H unix:///run/docker-guard-proxy/docker.sock";

    private FrozenFileSystem? _disk;
    private BootedDebian? _node;

    /// <summary>The system itself.</summary>
    internal BootedDebian Node => _node ?? throw new InvalidOperationException("It has not booted.");

    /// <summary>A disk that can be frozen, in it as <c>/mnt</c>.</summary>
    internal FrozenFileSystem Disk => _disk ?? throw new InvalidOperationException("It is not mounted.");

    public async ValueTask InitializeAsync()
    {
        var package = await Packages.DebAsync();
        _disk = await FrozenFileSystem.MountAsync();
        _node = await BootedDebian.StartAsync("bookworm", isUnified: true, _disk.Folder + ":/mnt");
        // Short, so that little time is spent on waiting; and one attempt, so that the engine's log tells whether another was sent.
        await _node.RunAsync("""
            mkdir -p /etc/systemd/system/docker-guard-proxy.service.d
            exec >/etc/systemd/system/docker-guard-proxy.service.d/test.conf
            echo '[Service]'
            for setting in PATIENCE=2s REPEATHOLD=2s BACKOFF=1h; do echo "Environment=DOCKER_GUARD_PROXY__GUARD__$setting"; done
            """);
        await _node.InstallAsync(package);
    }

    public async ValueTask DisposeAsync()
    {
        if (_disk is not null)
            await _disk.ThawAsync();
        if (_node is not null)
            await _node.DisposeAsync();
        if (_disk is not null)
            await _disk.DisposeAsync();
    }

    /// <summary>Starts a container that writes to the disk ten times a second.</summary>
    /// <returns>Its full id.</returns>
    internal Task<string> RunWriterAsync(string options = "") =>
        Node.RunAsync($"{Guarded} run -d --network none {options} -v /mnt:/data box sh -c 'while sleep 0.1; do date >/data/f; done'");

    /// <summary>A stop that must be refused, with who holds the container.</summary>
    /// <returns>The refusal as the client shows it.</returns>
    internal async Task<string> RefusedStopAsync(string id)
    {
        var stop = await Node.TryAsync($"{Guarded} stop -t 1 {id}", TimeSpan.FromMinutes(3));
        Assert.NotEqual(0, stop.ExitCode);
        Assert.Contains("cannot be ended by SIGKILL since", stop.Error, StringComparison.Ordinal);
        Assert.Matches(@"pid \d+ \((sh|date)\) at percpu_rwsem_wait on ext4 ", stop.Error);
        return stop.Error;
    }

    /// <summary>Asks for the status, which must name a container and fail.</summary>
    internal async Task StatusNamesAsync(string id)
    {
        var status = await Node.TryAsync("docker-guard-proxy status");
        Assert.Equal(1, status.ExitCode);
        Assert.Contains(id[..12], status.Output, StringComparison.Ordinal);
    }

    /// <summary>Waits until a container has ended, and removes it.</summary>
    internal async Task EndAsync(string id)
    {
        var ended = await Poll.UntilAsync(
            async () => await Node.RunAsync($"docker inspect -f '{{{{.State.Running}}}}' {id}") == "false", TimeSpan.FromSeconds(60));
        Assert.NotNull(ended);
        await Node.RunAsync($"docker rm {id}");
    }
}
