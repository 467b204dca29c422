using CsCheck;
using DockerGuardProxy.Streams;
using DockerGuardProxy.Tests.Engine;
using Xunit;

namespace DockerGuardProxy.Tests.Streams;

public sealed class StreamPumpTests
{
    private static readonly RestLimits Ample = new(8 << 20, 64 << 20);

    private readonly RestBudget _budget = new();
    private readonly FakeEnds _ends = new();

    [Fact]
    public async Task What_the_engine_gives_goes_to_the_client_until_its_end()
    {
        var run = new StreamPump(_ends).RunAsync();
        _ends.Give(1, 2);
        _ends.Give(3);
        _ends.End();
        Assert.True(await run);
        Assert.Equal([1, 2, 3], _ends.Taken);
    }

    [Fact]
    public async Task Nothing_is_taken_over_while_the_client_is_not_waited_for()
    {
        var pump = new StreamPump(_ends);
        var run = pump.RunAsync();
        Assert.False(pump.TryTakeOver(_budget, Ample));
        _ends.Give(1);
        await Eventually.Async(() => _ends.Taken.Length == 1);
        Assert.False(pump.TryTakeOver(_budget, Ample));
        _ends.End();
        Assert.True(await run);
        Assert.Null(pump.Rest);
    }

    [Fact]
    public async Task Taken_over_the_engine_is_read_to_its_end_and_the_client_gets_all_of_it_in_its_own_pace()
    {
        var (pump, run) = await StallAsync(1);
        await Eventually.Async(() => pump.TryTakeOver(_budget, Ample));
        Assert.False(pump.TryTakeOver(_budget, Ample));
        _ends.Give(2);
        _ends.Give(3);
        _ends.End();
        await Eventually.Async(() => pump.Rest is { IsWhole: true });
        Assert.Empty(_ends.Taken);
        Assert.Equal(2, _budget.Held);
        _ends.IsReading = true;
        _ends.Take();
        Assert.True(await run);
        Assert.Equal([1, 2, 3], _ends.Taken);
        Assert.Equal(0, _budget.Held);
    }

    [Fact]
    public async Task A_break_of_the_engines_side_does_not_cut_what_the_client_has_yet_to_read()
    {
        var (pump, run) = await StallAsync(1);
        await Eventually.Async(() => pump.TryTakeOver(_budget, Ample));
        _ends.Give(2);
        _ends.End(new IOException("reset"));
        await Eventually.Async(() => _budget.Held == 1);
        _ends.IsReading = true;
        _ends.Take();
        Assert.False(await run);
        Assert.Equal([1, 2], _ends.Taken);
        Assert.Equal(0, _budget.Held);
    }

    [Theory]
    [InlineData(3, 100)]
    [InlineData(100, 3)]
    public async Task Beyond_what_may_be_held_the_engines_side_alone_is_closed(long stream, long node)
    {
        var (pump, run) = await StallAsync(1);
        await Eventually.Async(() => pump.TryTakeOver(_budget, new RestLimits(stream, node)));
        _ends.Give(2, 3);
        _ends.Give(4, 5, 6);
        await Eventually.Async(() => _ends.IsEngineClosed);
        Assert.True(pump.Rest!.IsCut);
        Assert.Equal(3, _budget.Held);
        _ends.IsReading = true;
        _ends.Take();
        Assert.False(await run);
        Assert.Equal([1, 2, 3, 4], _ends.Taken);
        Assert.Equal(0, _budget.Held);
    }

    [Fact]
    public async Task A_client_that_leaves_has_all_memory_given_back_and_no_reader_left_behind()
    {
        var (pump, run) = await StallAsync(1);
        await Eventually.Async(() => pump.TryTakeOver(_budget, Ample));
        _ends.Give(2, 3);
        await Eventually.Async(() => _budget.Held >= 2);
        _ends.Leave();
        await Assert.ThrowsAsync<IOException>(() => run);
        Assert.Equal(0, _budget.Held);
        Assert.Equal(0, _ends.Readers);
        Assert.True(_ends.IsEngineClosed);
    }

    /// <summary>Many times: the client may learn of the end a moment before whoever reads the engine's side has ended.</summary>
    [Fact]
    public async Task After_the_end_of_what_was_taken_over_the_engines_side_is_left_open()
    {
        for (var i = 0; i < 200; i++)
        {
            var ends = new FakeEnds { IsReading = false };
            var pump = new StreamPump(ends);
            var run = pump.RunAsync();
            ends.Give(1);
            await Eventually.Async(() => pump.TryTakeOver(_budget, Ample));
            ends.IsReading = true;
            ends.Take();
            ends.End();
            Assert.True(await run);
            Assert.False(ends.IsEngineClosed);
        }
    }

    [Fact]
    public async Task Room_is_shared_with_other_streams()
    {
        Assert.Equal(10, _budget.Take(20, 10));
        var (pump, run) = await StallAsync(1);
        await Eventually.Async(() => pump.TryTakeOver(_budget, new RestLimits(100, 10)));
        _ends.Give(2);
        await Eventually.Async(() => _ends.IsEngineClosed);
        _ends.IsReading = true;
        _ends.Take();
        Assert.False(await run);
        Assert.Equal(10, _budget.Held);
    }

    /// <summary>Whatever happens when: the client gets what the engine gave, each byte once and in order, and all room is given back.</summary>
    [Fact]
    public void Each_byte_is_delivered_in_order_exactly_once_across_a_take_over_at_any_moment()
    {
        var step = Gen.Frequency((6, Gen.Const('g')), (4, Gen.Const('t')), (2, Gen.Const('o')), (2, Gen.Const('y')), (1, Gen.Const('r')));
        Gen.Select(step.Array[1, 60], Gen.Int[0, 3], Gen.Int[1, 40], Gen.Bool).Sample(
            (steps, end, room, isSmall) => RunAsync(steps, end, isSmall ? new(room, 64 << 20) : Ample).GetAwaiter().GetResult(), iter: 400);
    }

    private static async Task RunAsync(char[] steps, int end, RestLimits limits)
    {
        var (ends, budget) = (new FakeEnds { IsReading = false }, new RestBudget());
        var pump = new StreamPump(ends);
        var run = pump.RunAsync();
        byte next = 0;
        var given = new List<byte>();
        foreach (var step in steps)
        {
            switch (step)
            {
                case 'g':
                    byte[] bytes = [.. Enumerable.Range(0, 1 + (next % 5)).Select(_ => next++)];
                    given.AddRange(bytes);
                    ends.Give(bytes);
                    break;
                case 't':
                    ends.Take();
                    break;
                case 'o':
                    pump.TryTakeOver(budget, limits);
                    break;
                case 'y':
                    await Task.Yield();
                    break;
                default:
                    ends.IsReading = !ends.IsReading;
                    break;
            }
        }

        if (end == 0)
        {
            // Whoever runs the pump closes the engine's side then.
            ends.Leave();
            ends.CloseEngine();
        }
        else
        {
            ends.End(end == 1 ? new IOException("reset") : null);
        }

        ends.IsReading = true;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (!run.IsCompleted && clock.Elapsed < TimeSpan.FromSeconds(10))
        {
            ends.Take();
            await Task.Delay(TimeSpan.Zero, TestContext.Current.CancellationToken);
            await Task.Yield();
        }

        Assert.True(run.IsCompleted);
        Assert.False(ends.HadTwoReaders);
        var taken = ends.Taken;
        Assert.Equal(given.Take(taken.Length), taken);
        if (run.IsCompletedSuccessfully && await run) Assert.Equal(given.Count, taken.Length);
        else if (end > 1) Assert.True(pump.Rest!.IsCut);
        Assert.Equal(0, budget.Held);
        _ = run.Exception;
    }

    /// <summary>The pump learns a moment after the end that its send waits.</summary>
    private async Task<(StreamPump Pump, Task<bool> Run)> StallAsync(params byte[] bytes)
    {
        _ends.IsReading = false;
        var pump = new StreamPump(_ends);
        var run = pump.RunAsync();
        _ends.Give(bytes);
        await Eventually.Async(() => _ends.IsSending);
        return (pump, run);
    }
}
