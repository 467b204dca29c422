using DockerGuardProxy.Demo.Incident;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Incident;

public sealed class CallTimerTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_call_takes_until_its_answer()
    {
        var answer = new TaskCompletionSource();
        var taken = TakenAsync(_ => answer.Task, TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(2));
        answer.SetResult();
        Assert.Equal(TimeSpan.FromSeconds(2), await taken);
    }

    [Fact]
    public async Task Whoever_has_no_patience_left_has_no_answer()
    {
        var taken = TakenAsync(static patience => Task.Delay(Timeout.Infinite, patience), TestContext.Current.CancellationToken);
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Null(await taken);
    }

    [Fact]
    public async Task A_call_that_fails_has_no_answer() =>
        Assert.Null(await TakenAsync(static _ => throw new HttpRequestException("lost"), TestContext.Current.CancellationToken));

    [Fact]
    public async Task An_interruption_is_no_missing_answer()
    {
        using var interrupt = new CancellationTokenSource();
        var taken = TakenAsync(static patience => Task.Delay(Timeout.Infinite, patience), interrupt.Token);
        await interrupt.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taken);
    }

    private Task<TimeSpan?> TakenAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken) =>
        new CallTimer(TimeSpan.FromSeconds(3), _time).TakenAsync(call, cancellationToken);
}
