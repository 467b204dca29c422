using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace DockerGuardProxy.Tests.Probe;

/// <summary>A clock that tells when somebody has begun to wait, so that a test moves it neither too early nor by guess.</summary>
internal sealed class SteppedTime : TimeProvider
{
    private readonly FakeTimeProvider _inner = new();
    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    public override long TimestampFrequency => _inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _inner.GetUtcNow();

    public override long GetTimestamp() => _inner.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = _inner.CreateTimer(callback, state, dueTime, period);
        _waits.Writer.TryWrite(dueTime);
        return timer;
    }

    /// <summary>Waits until a timer of that length is set.</summary>
    public async Task WaitForAsync(TimeSpan length)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await _waits.Reader.ReadAsync(limit.Token) != length)
        {
        }
    }

    public void Advance(TimeSpan by) => _inner.Advance(by);
}
