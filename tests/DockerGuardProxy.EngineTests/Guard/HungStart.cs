using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>A container whose start holds its lock: the runtime blocks while it creates it.</summary>
internal sealed class HungStart : IAsyncDisposable
{
    private readonly Dockerd _engine;
    private Task<(int Status, string Body)>? _start;

    private HungStart(Dockerd engine, string id) => (_engine, Id) = (engine, id);

    public string Id { get; }

    /// <summary>Makes one.</summary>
    public static async Task<HungStart> CreateAsync(Dockerd engine, string name)
    {
        var body = new Dictionary<string, object> { ["HostConfig"] = new { Runtime = Dockerd.BlockingRuntime } };
        return new HungStart(engine, await engine.Api.CreateAsync(name, ["sleep", "1000"], body));
    }

    /// <summary>Starts it, and returns when that hangs.</summary>
    public async Task HangAsync(EngineApi api)
    {
        await File.WriteAllTextAsync(_engine.BlockingFile, "");
        _start = api.PostAsync($"/containers/{Id}/start");
        Assert.NotNull(await Poll.UntilAsync(
            async () => (await _engine.GoroutineDumpAsync()).Contains(").containerStart(", StringComparison.Ordinal), TimeSpan.FromSeconds(20)));
    }

    /// <summary>Lets it go on.</summary>
    public async Task FreeAsync()
    {
        File.Delete(_engine.BlockingFile);
        Assert.Equal((204, ""), await _start!.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(_engine.BlockingFile);
        if (_start is not null)
            await Task.WhenAny(_start, Task.Delay(TimeSpan.FromSeconds(10)));
        await _engine.Api.RemoveAsync(Id);
    }
}
