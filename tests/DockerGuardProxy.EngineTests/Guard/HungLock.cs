using System.Globalization;
using System.Runtime.InteropServices;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>A container whose lock is held: its shim is stopped, and a pause on the engine's own socket waits for it.</summary>
internal sealed partial class HungLock : IAsyncDisposable
{
    private const int Stop = 19, Continue = 18;

    private readonly Dockerd _engine;
    private int _shim;
    private Task? _pause;

    private HungLock(Dockerd engine, string name)
    {
        _engine = engine;
        Name = name;
    }

    public string Name { get; }

    public string Id { get; private set; } = "";

    /// <summary>Runs one.</summary>
    public static async Task<HungLock> RunAsync(Dockerd engine, string name)
    {
        await engine.Api.RunAsync(name, ["sleep", "1000"]);
        return await OfAsync(engine, name);
    }

    /// <summary>One that runs already, by its name or id.</summary>
    public static async Task<HungLock> OfAsync(Dockerd engine, string name)
    {
        var container = new HungLock(engine, name);
        container.Id = (await engine.Api.GetAsync($"/containers/{name}/json")).GetProperty(nameof(Id)).GetString()!;
        var pid = (await engine.Api.GetAsync($"/containers/{container.Id}/json")).GetProperty("State").GetProperty("Pid").GetInt32();
        var stat = await File.ReadAllTextAsync($"/proc/{pid}/stat");
        container._shim = int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        Assert.StartsWith("containerd-shim", await File.ReadAllTextAsync($"/proc/{container._shim}/comm"), StringComparison.Ordinal);
        return container;
    }

    /// <summary>Stops its shim: what asks it hangs, and the lock is free.</summary>
    public void StopShim() => Assert.Equal(0, Kill(_shim, Stop));

    /// <summary>Takes the lock, for as long as the shim is stopped.</summary>
    public async Task HangAsync()
    {
        StopShim();
        _pause = _engine.Api.PostAsync($"/containers/{Id}/pause");
        Assert.NotNull(await Poll.UntilAsync(
            async () => (await _engine.GoroutineDumpAsync()).Contains("containerPause", StringComparison.Ordinal), TimeSpan.FromSeconds(10)));
    }

    /// <summary>Lets go of it.</summary>
    public async Task FreeAsync()
    {
        Assert.Equal(0, Kill(_shim, Continue));
        if (_pause is not null)
            await _pause;
        _pause = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_shim > 0 && Directory.Exists($"/proc/{_shim}"))
            _ = Kill(_shim, Continue);
        if (_pause is not null)
            await Task.WhenAny(_pause, Task.Delay(TimeSpan.FromSeconds(10)));
        await _engine.Api.PostAsync($"/containers/{Id}/unpause");
        await _engine.Api.RemoveAsync(Id);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
