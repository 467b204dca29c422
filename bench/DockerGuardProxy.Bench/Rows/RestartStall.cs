using System.Diagnostics;
using System.Net.Sockets;
using DockerGuardProxy.Bench.Load;
using DockerGuardProxy.Bench.Peers;
using DockerGuardProxy.Bench.Results;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Bench.Rows;

/// <summary>What callers meet while the proxy is restarted and its socket stays, as under systemd.</summary>
internal static class RestartStall
{
    private static readonly TimeSpan Around = TimeSpan.FromSeconds(0.3);

    public static async Task<Table> RunAsync(Field field, BenchSettings settings)
    {
        var table = Tables.OfOne(
            "Restart", "SIGTERM and a new process on the kept socket, while one client calls `/_ping` without a pause, each time on a new connection.",
            "longest call, ms", "usual call (p50), ms", "calls lost");
        await using var proxy = await Proxy.StartHandedAsync(field.Engine);
        for (var round = 0; round < settings.Rounds; round++)
        {
            using var end = new CancellationTokenSource();
            var client = Task.Factory.StartNew(
                () => Call(proxy.Socket, end.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            await Task.Delay(Around);
            if (await proxy.StopAsync(TimeSpan.FromSeconds(30)) is null) throw new InvalidOperationException("the proxy did not end");
            await proxy.StartAsync();
            await Task.Delay(Around);
            await end.CancelAsync();
            var (calls, lost) = await client;
            table.Add("restart", "longest call, ms", calls.Max());
            table.Add("restart", "usual call (p50), ms", calls.Order().ElementAt(calls.Count / 2));
            table.Add("restart", "calls lost", lost);
        }

        return table;
    }

    private static (List<double> Milliseconds, int Lost) Call(string socket, CancellationToken cancellationToken)
    {
        var request = HttpConnection.Get("/_ping");
        List<double> times = [];
        var lost = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            var clock = Stopwatch.StartNew();
            try
            {
                using var connection = new HttpConnection(socket);
                if (connection.Exchange(request) != 200) lost++;
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                lost++;
            }

            times.Add(clock.Elapsed.TotalMilliseconds);
        }

        return (times, lost);
    }
}
