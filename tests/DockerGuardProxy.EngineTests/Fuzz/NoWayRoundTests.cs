using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Fuzz;

/// <summary>
/// That no spelling, framing, pipeline or cut takes a call to the engine that ends a container and that the guard has not counted: streams go
/// through the proxy to a Go engine one by one, and after each the engine must not have seen more of such calls than were decided about.
/// </summary>
public sealed partial class NoWayRoundTests
{
    private const int Pairs = 2;

    private static readonly int Streams = Machine.LongForm ? 1_000_000 : 5_000;

    [Fact]
    public async Task The_engine_never_sees_more_than_the_guard_has_counted()
    {
        var faults = new ConcurrentQueue<string>();
        var (ended, counted) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, Pairs).Select(pair => Task.Run(async () =>
        {
            // The oldest Go that an engine here is built with, and the newest.
            using var engine = await GoEngine.StartAsync(pair % 2 == 0 ? "1.15" : "1.24");
            await using var proxy = await Proxy.StartAsync(engine.SocketPath, engine.SocketPath + ".pid");
            using var admin = new EngineApi(proxy.AdminSocket);
            var (endedBefore, countedBefore) = (engine.Ended(), await CountedAsync(admin));
            for (var number = pair; number < Streams; number += Pairs)
            {
                var stream = FuzzedStream.Make(number);
                try
                {
                    GoEngine.Answer(proxy.Socket, stream, FuzzedStream.Cuts(number, stream.Length));
                }
                catch (SocketException)
                {
                    faults.Enqueue($"Stream {number}: no end\n{Encoding.Latin1.GetString(stream)}");
                }

                var (endedNow, countedNow) = (engine.Ended(), await CountedAsync(admin));

                // A call is counted when it is done with, which may be a moment after its caller has the answer.
                for (var round = 0; round < 200 && endedNow - endedBefore > countedNow - countedBefore; round++)
                    countedNow = await CountedAsync(admin);
                if (endedNow - endedBefore > countedNow - countedBefore)
                {
                    faults.Enqueue(
                        $"Stream {number}: {endedNow - endedBefore} ended, {countedNow - countedBefore} counted\n{Encoding.Latin1.GetString(stream)}");
                }

                Interlocked.Add(ref ended, endedNow - endedBefore);
                Interlocked.Add(ref counted, countedNow - countedBefore);
                (endedBefore, countedBefore) = (endedNow, countedNow);
            }
        })));

        Figures.Record($"{Streams} streams through the proxy: that ended a container at the engine, that the guard has counted", $"{ended}, {counted}");
        Assert.True(faults.IsEmpty, $"{faults.Count} faults\n{string.Join("\n\n", faults.Take(5))}");
        Assert.True(ended > Streams / 100, "too few calls that end a container");
    }

    /// <summary>The calls that the guard has decided about so far, once none of them is open any more.</summary>
    internal static async Task<int> CountedAsync(EngineApi admin)
    {
        while (true)
        {
            var page = await admin.GetTextAsync("/metrics");
            if (Sum(Open().Matches(page)) == 0) return Sum(Decided().Matches(page));
        }
    }

    private static int Sum(MatchCollection lines) => lines.Sum(line => int.Parse(line.Groups[1].ValueSpan, CultureInfo.InvariantCulture));

    [GeneratedRegex("""^docker_guard_calls_total\{[^}]*\} (\d+)""", RegexOptions.Multiline)]
    private static partial Regex Decided();

    [GeneratedRegex("""^docker_guard_calls_open\{[^}]*docker_guard_operation="(?:stop|kill|restart|remove)"[^}]*\} (\d+)""", RegexOptions.Multiline)]
    private static partial Regex Open();
}
