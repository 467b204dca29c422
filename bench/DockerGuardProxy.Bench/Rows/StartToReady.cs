using System.Diagnostics;
using System.Net.Sockets;
using DockerGuardProxy.Bench.Load;
using DockerGuardProxy.Bench.Peers;
using DockerGuardProxy.Bench.Results;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Bench.Rows;

/// <summary>From the start of the process to the first answer, asked for without a pause.</summary>
internal static class StartToReady
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(1);

    public static async Task<Table> RunAsync(Field field, BenchSettings settings)
    {
        const string Note = "From the start of the process to the answer of the first `/_ping`, in ms.";
        var builds = Field.Builds(settings);
        var table = Tables.OfOne("Start", Note, [.. builds.Select(build => build.Name)]);
        for (var i = 0; i < settings.Starts; i++)
        {
            foreach (var (name, file) in builds) table.Add("start to first answer", name, (await StartAsync(field, file)).TotalMilliseconds);
        }

        return table;
    }

    private static async Task<TimeSpan> StartAsync(Field field, string file)
    {
        var folder = Machine.NewPath("s");
        Directory.CreateDirectory(folder);
        var socket = Path.Combine(folder, "docker.sock");
        var config = Path.Combine(folder, "config.json");
        await File.WriteAllTextAsync(config, $$"""{ "version": 1, "engine": { "pidFile": "{{field.Engine.PidFile}}" } }""");
        var clock = Stopwatch.StartNew();
        using var daemon = Daemon.Start(
            Path.Combine(folder, "log"),
            [file, "run", "--listen", socket, "--engine", field.Engine.Socket, "--admin", folder + "/admin.sock", "--config", config]);
        while (!Answers(socket))
        {
            if (clock.Elapsed > Limit || daemon.HasExited) throw new InvalidOperationException($"the proxy did not start:\n{daemon.Tail()}");
            Thread.Sleep(Pause);
        }

        var taken = clock.Elapsed;
        daemon.Signal(9);
        await daemon.WaitAsync(Limit);
        return taken;
    }

    private static bool Answers(string socket)
    {
        try
        {
            using var connection = new HttpConnection(socket);
            return connection.Exchange(HttpConnection.Get("/_ping")) == 200;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
