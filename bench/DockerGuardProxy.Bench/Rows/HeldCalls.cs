using System.Net.Sockets;
using System.Text;
using DockerGuardProxy.Bench.Results;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Bench.Rows;

/// <summary>What a stop costs that can change nothing, here and on the engine that is called directly.</summary>
internal static class HeldCalls
{
    private const string Guarded = "docker-guard-proxy", Engine = "dockerd behind it", Direct = "dockerd called directly";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public static async Task<Table> RunAsync(BenchSettings settings)
    {
        var table = Tables.OfOne(
            "Held calls",
            $"{settings.Held:#,0} callers of `stop` on one container in D state, each waiting: growth of RSS for each, in KB. dockerd {Dockerd.Leaky}, which keeps every such call.",
            Guarded, Engine, Direct);
        await using var engine = await Dockerd.StartAsync(Dockerd.Leaky);
        await using var proxy = await Proxy.StartAsync(
            engine, $$"""{ "patience": "3s", "repeatHold": ["1h"], "maxWaiting": { "container": {{settings.Held}}, "node": {{settings.Held}} } }""");
        await using var disk = await FrozenFileSystem.MountAsync();
        await engine.Api.RunAsync(
            "stuck", ["sh", "-c", "while sleep 0.1; do touch /data/f; done"],
            new() { ["HostConfig"] = new { Binds = new[] { disk.Folder + ":/data" } } });
        await disk.FreezeAsync();

        // The first patient caller brings the container to be known as stuck; those that follow are held.
        var (status, text) = await proxy.Api.PostAsync("/containers/stuck/stop?t=1");
        if (status != 503) throw new InvalidOperationException($"not refused: {status} {text}");
        var (own, behind) = (proxy.Daemon.Rss(), engine.Daemon.Rss());
        var callers = Send(proxy.Socket, settings.Held);
        using var admin = new EngineApi(proxy.AdminSocket);
        if (await Poll.UntilAsync(async () => await WaitingAsync(admin) == settings.Held, Limit, 200) is null)
            throw new InvalidOperationException($"only {await WaitingAsync(admin)} callers are held");
        await Task.Delay(settings.Settle);
        Add(Guarded, proxy.Daemon.Rss() - own);
        Add(Engine, engine.Daemon.Rss() - behind);
        callers.ForEach(caller => caller.Dispose());

        var before = engine.Daemon.Rss();
        callers = Send(engine.Socket, settings.Held);
        await Task.Delay(2 * settings.Settle);
        Add(Direct, engine.Daemon.Rss() - before);
        callers.ForEach(caller => caller.Dispose());
        await disk.ThawAsync();
        return table;

        void Add(string column, long growth) => table.Add("memory of a held call, KB", column, growth / 1024.0 / settings.Held);
    }

    private static async Task<int> WaitingAsync(EngineApi admin) =>
        (await admin.GetAsync("/v1/status")).GetProperty("calls").GetProperty("waiting").GetInt32();

    private static List<Socket> Send(string path, int count)
    {
        var request = Encoding.ASCII.GetBytes("POST /containers/stuck/stop?t=1 HTTP/1.1\r\nHost: docker\r\n\r\n");
        List<Socket> callers = [];
        for (var i = 0; i < count; i++)
        {
            var socket = UnixSocket.Connect(path);
            socket.Send(request);
            callers.Add(socket);
        }

        return callers;
    }
}
