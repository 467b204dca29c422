using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>A container that SIGKILL cannot end: its init ignores SIGTERM, a child of it sleeps in D state until the thaw.</summary>
internal sealed class IncidentContainer : IAsyncDisposable
{
    private readonly Dockerd _engine;
    private readonly FrozenFileSystem _fs;

    private IncidentContainer(Dockerd engine, FrozenFileSystem fs, string name)
    {
        _engine = engine;
        _fs = fs;
        Name = name;
    }

    public string Name { get; }

    public string Id { get; private set; } = "";

    public string ShortId => Id[..12];

    /// <summary>Starts one, freezes its file system and waits for the child in D.</summary>
    public static async Task<IncidentContainer> StartAsync(Dockerd engine, string name, Dictionary<string, string>? labels = null)
    {
        var container = new IncidentContainer(engine, await FrozenFileSystem.MountAsync(), name);
        try
        {
            container.Id = await engine.Api.RunAsync(name, ["sh", "-c", "while sleep 0.1; do touch /data/f; done"], new()
            {
                ["Labels"] = labels ?? [],
                ["HostConfig"] = new { Binds = new[] { container._fs.Folder + ":/data" } },
            });
            await container._fs.FreezeAsync();
            Assert.NotNull(await Poll.UntilAsync(() => container.Blocked().Count > 0, TimeSpan.FromSeconds(10)));
            return container;
        }
        catch
        {
            await container.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the D state.</summary>
    public Task ThawAsync() => _fs.ThawAsync();

    /// <summary>Its processes in D state.</summary>
    public IReadOnlyList<(int Pid, string Comm)> Blocked()
    {
        List<(int, string)> blocked = [];
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            try
            {
                if (!File.ReadAllText(folder + "/cgroup").Contains(Id, StringComparison.Ordinal))
                    continue;
                var stat = File.ReadAllText(folder + "/stat");
                var (open, close) = (stat.IndexOf('('), stat.LastIndexOf(')'));
                if (stat[close + 2] == 'D')
                    blocked.Add((int.Parse(stat[..open]), stat[(open + 1)..close]));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone since the list was read, or no process at all.
            }
        }

        return blocked;
    }

    public async ValueTask DisposeAsync()
    {
        await _fs.ThawAsync();
        await _engine.Api.RemoveAsync(Name);
        if (Id.Length > 0)
            await _engine.Api.RemoveAsync(Id);
        await _fs.DisposeAsync();
    }
}
