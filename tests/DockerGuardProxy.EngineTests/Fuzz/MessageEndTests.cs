using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Fuzz;

/// <summary>
/// That the splice lane's idea of where a request ends is that of Go's net/http, on streams of odd and mutated requests: what it passes on as a
/// request is one request to the engine, and what it does not pass on is never needed to complete one.
/// </summary>
public sealed class MessageEndTests
{
    private static readonly int Streams = Machine.LongForm ? 1_000_000 : 100_000;

    /// <summary>The oldest Go that an engine here is built with, and the newest.</summary>
    [Theory]
    [InlineData("1.15")]
    [InlineData("1.24")]
    public async Task Go_finds_the_same_ends(string version)
    {
        using var engine = await GoEngine.StartAsync(version);
        var ends = new int[Enum.GetValues<StreamEnd>().Length];
        await CheckAsync(number =>
        {
            var stream = FuzzedStream.Make(number);
            var expected = ExpectedStream.Read(stream);
            Interlocked.Increment(ref ends[(int)expected.End]);
            var seen = engine.Exchange(stream.AsSpan(0, expected.Length), FuzzedStream.Cuts(number, expected.Length));
            return Task.FromResult((stream, expected, seen, Disagreement.Of(expected, seen)));
        });

        Figures.Record("streams by their end", string.Join(", ", ends.Select((count, end) => $"{(StreamEnd)end} {count}")));
        Figures.Record("calls that would have ended a container", engine.Ended());

        // The streams would prove nothing if most of them were noise, or none were odd.
        Assert.All(ends, count => Assert.True(count > Streams / 200, "a kind of end hardly occurs"));
    }

    /// <summary>An odd head whose end is certain is shown to Kestrel up to that end: a last call behind it has to be seen as one.</summary>
    [Fact]
    public async Task Kestrel_finds_no_other_ends()
    {
        await using var engine = await KestrelEngine.StartAsync();
        await CheckAsync(async number =>
        {
            var stream = FuzzedStream.Make(number);
            stream = [.. stream.AsSpan(0, ExpectedStream.Read(stream).Fence), .. "GET /last HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8];
            var expected = ExpectedStream.Read(stream);
            var seen = await engine.ExchangeAsync(stream);
            return (stream, expected, seen, Disagreement.Of(expected, seen, isStricter: true));
        });
    }

    private static async Task CheckAsync(
        Func<int, Task<(byte[] Stream, ExpectedStream Expected, IReadOnlyList<SeenCall?> Seen, string? Fault)>> exchange)
    {
        var clock = Stopwatch.StartNew();
        var faults = new ConcurrentQueue<string>();
        var (plain, odd, whole) = (0, 0, 0);
        await Parallel.ForAsync(0, Streams, async (number, _) =>
        {
            var (stream, expected, seen, fault) = await exchange(number);
            if (fault is not null)
                faults.Enqueue($"Stream {number}: {fault}\n{Printable(stream)}\nread to {expected.Length}, {expected.End}; seen: {string.Join(", ", seen)}");
            Interlocked.Add(ref plain, expected.Calls.Count(call => call.IsPlain));
            Interlocked.Add(ref odd, expected.Calls.Count(call => !call.IsPlain));
            Interlocked.Add(ref whole, seen.Count(call => call is { State: "whole" }));
        });

        Figures.Record($"{Streams} streams", clock.Elapsed);
        Figures.Record("calls plain, odd with a certain end; seen whole", $"{plain}, {odd}; {whole}");
        Assert.True(faults.IsEmpty, $"{faults.Count} disagreements\n{string.Join("\n\n", faults.Take(10))}");
        Assert.True(plain > Streams / 2 && odd > Streams / 20 && whole > Streams / 2, "too few calls");
    }

    private static string Printable(byte[] stream) => string.Concat(Encoding.Latin1.GetString(stream).Select(c => c switch
    {
        '\r' => "\\r",
        '\n' => "\\n\n",
        < ' ' or > '~' => $"\\x{(int)c:x2}",
        _ => c.ToString(),
    }));
}
