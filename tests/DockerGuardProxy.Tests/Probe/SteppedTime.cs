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

    /// <summary>Waits until a timer of each of these lengths is set, in any order.</summary>
    public async Task WaitForAsync(params TimeSpan[] lengths)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        for (var left = lengths.ToList(); left.Count > 0;)
            left.Remove(await _waits.Reader.ReadAsync(limit.Token));
    }

    public void Advance(TimeSpan by) => _inner.Advance(by);
}
