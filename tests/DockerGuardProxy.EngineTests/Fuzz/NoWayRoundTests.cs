using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Fuzz;

/// <summary>
/// That no spelling, framing, pipeline or cut takes a call to the engine that ends a container and that the guard has not counted: streams go
/// through the proxy to a Go engine, and after each the engine must not have seen more of such calls than were decided about.
/// </summary>
/// <remarks>
/// Both are asked once for a batch of streams. Where they say the same number nothing went round the guard, unless another stream of the batch was
/// counted and never came to the engine, as 1 in 600 is; wherever the numbers differ the batch is sent once more, stream by stream.
/// </remarks>
public sealed partial class NoWayRoundTests
{
    private const int Pairs = 2, Batch = 20;

    private static readonly int Streams = Machine.LongForm ? 1_000_000 : 100_000;

    [Fact]
    public async Task The_engine_never_sees_more_than_the_guard_has_counted()
    {
        var rounds = await Task.WhenAll(Enumerable.Range(0, Pairs).Select(pair => Task.Run(() => PlayAsync(pair))));
        var (ended, counted) = (rounds.Sum(round => round.Ended), rounds.Sum(round => round.Counted));
        Figures.Record($"{Streams} streams through the proxy: that ended a container at the engine, that the guard has counted", $"{ended}, {counted}");
        var faults = rounds.SelectMany(round => round.Faults).ToArray();
        Assert.True(faults.Length == 0, $"{faults.Length} faults\n{string.Join("\n\n", faults.Take(5))}");
        Assert.True(ended > Streams / 100, "too few calls that end a container");
    }

    /// <summary>Sends every <see cref="Pairs"/>th batch through a proxy of its own.</summary>
    private static async Task<(int Ended, int Counted, List<string> Faults)> PlayAsync(int pair)
    {
        // The oldest Go that an engine here is built with, and the newest.
        using var engine = await GoEngine.StartAsync(pair % 2 == 0 ? "1.15" : "1.24");
        await using var proxy = await Proxy.StartAsync(engine.SocketPath, engine.SocketPath + ".pid");
        using var admin = new EngineApi(proxy.AdminSocket);
        var faults = new List<string>();
        var before = (Ended: engine.Ended(), Counted: await CountedAsync(admin));
        var (ended, counted) = (0, 0);
        for (var first = pair * Batch; first < Streams; first += Pairs * Batch)
        {
            var batch = await SendAsync(first, Batch);
            (ended, counted) = (ended + batch.Ended, counted + batch.Counted);
            for (var number = first; batch.Ended != batch.Counted && number < first + Batch; number++)
            {
                var alone = await SendAsync(number, 1);
                if (alone.Ended > alone.Counted) faults.Add($"Stream {number}: {alone.Ended} ended, {alone.Counted} counted\n{Text(number)}");
            }
        }

        return (ended, counted, faults);

        async Task<(int Ended, int Counted)> SendAsync(int first, int count)
        {
            for (var number = first; number < first + count; number++)
            {
                var stream = FuzzedStream.Make(number);
                try
                {
                    GoEngine.Answer(proxy.Socket, stream, FuzzedStream.Cuts(number, stream.Length), slowly: number % 16 == 0);
                }
                catch (SocketException)
                {
                    faults.Add($"Stream {number}: no end\n{Text(number)}");
                }
            }

            var now = (Ended: engine.Ended(), Counted: await CountedAsync(admin));

            // A call is counted when it is done with, which may be a moment after its caller has the answer.
            for (var round = 0; round < 200 && now.Ended - before.Ended > now.Counted - before.Counted; round++)
                now = now with { Counted = await CountedAsync(admin) };
            var grown = (now.Ended - before.Ended, now.Counted - before.Counted);
            before = now;
            return grown;
        }
    }

    private static string Text(int number) => Encoding.Latin1.GetString(FuzzedStream.Make(number));

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
