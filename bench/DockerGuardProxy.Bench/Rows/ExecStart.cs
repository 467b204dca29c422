using System.Diagnostics;
using System.Text.Json;
using DockerGuardProxy.Bench.Load;
using DockerGuardProxy.Bench.Peers;
using DockerGuardProxy.Bench.Results;
using HdrHistogram;

namespace DockerGuardProxy.Bench.Rows;

/// <summary>What somebody waits who types <c>docker exec</c>: from the start of an exec to the first byte of its stream.</summary>
internal static class ExecStart
{
    private const long LongestMicroseconds = 60_000_000;

    private static readonly string[] Echo = ["echo", "x"];

    public static async Task<Table> RunAsync(Field field, BenchSettings settings)
    {
        var table = Tables.OfPeers(
            "Exec", $"`exec echo`, from the start's first byte sent to the stream's first byte received, in ms, {settings.Execs} of each in a round.",
            settings);
        foreach (var peer in field.Interleaved(settings.Rounds))
        {
            var times = new LongHistogram(LongestMicroseconds, 3);
            for (var n = 0; n < settings.Execs; n++) times.RecordValue((long)(await OneAsync(field, peer)).TotalMicroseconds);
            table.Add("p50", peer.Name, times.GetValueAtPercentile(50) / 1000.0);
            table.Add("p99", peer.Name, times.GetValueAtPercentile(99) / 1000.0);
        }

        return table;
    }

    private static async Task<TimeSpan> OneAsync(Field field, Peer peer)
    {
        var (status, body) = await field.Engine.Api.PostAsync(
            "/containers/bench/exec", new { AttachStdout = true, Cmd = Echo });
        if (status != 201) throw new InvalidOperationException($"exec: {status} {body}");
        using var json = JsonDocument.Parse(body);
        var start = HttpConnection.Post(
            $"/exec/{json.RootElement.GetProperty("Id").GetString()}/start", "{}", "Connection: Upgrade\r\nUpgrade: tcp\r\n");
        using var connection = new HttpConnection(peer.Socket);
        var clock = Stopwatch.StartNew();
        connection.Send(start);
        var answer = connection.ReadHead(out _);

        // HAProxy takes the Upgrade away, as it comes with a body; the engine then streams after a 200.
        if (answer is not (101 or 200)) throw new InvalidOperationException($"{peer.Name}: exec start: {answer}");
        connection.ReadFirstByte();
        return clock.Elapsed;
    }
}
