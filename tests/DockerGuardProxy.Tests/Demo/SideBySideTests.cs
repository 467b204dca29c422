using DockerGuardProxy.Demo;
using Xunit;

namespace DockerGuardProxy.Tests.Demo;

public sealed class SideBySideTests
{
    [Fact]
    public async Task Results_come_in_the_order_of_their_sides()
    {
        var late = new TaskCompletionSource<int>();
        var both = SideBySide.RunAsync<int>([_ => late.Task, static _ => Task.FromResult(2)], TestContext.Current.CancellationToken);
        Assert.False(both.IsCompleted);
        late.SetResult(1);
        var results = await both;
        Assert.Equal([1, 2], results);
    }

    [Fact]
    public async Task The_first_error_ends_the_others_and_is_told()
    {
        var isOver = false;
        var error = await Assert.ThrowsAsync<DemoException>(() => SideBySide.RunAsync<int>(
            [
                async running =>
                {
                    try
                    {
                        await Task.Delay(Timeout.Infinite, running);
                    }
                    finally
                    {
                        isOver = true;
                    }

                    return 0;
                },
                static _ => throw new DemoException("lost"),
            ],
            TestContext.Current.CancellationToken));
        Assert.Equal("lost", error.Message);
        Assert.True(isOver);
    }

    [Fact]
    public async Task Whoever_interrupts_them_ends_all()
    {
        using var interrupt = new CancellationTokenSource();
        var both = SideBySide.RunAsync<int>([WaitAsync, WaitAsync], interrupt.Token);
        await interrupt.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => both);

        static async Task<int> WaitAsync(CancellationToken running)
        {
            await Task.Delay(Timeout.Infinite, running);
            return 0;
        }
    }
}
