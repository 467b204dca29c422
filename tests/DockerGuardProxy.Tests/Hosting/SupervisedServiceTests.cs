using DockerGuardProxy.Guard;
using DockerGuardProxy.Hosting;
using DockerGuardProxy.Tests.Configuration;
using DockerGuardProxy.Tests.Engine;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Hosting;

public sealed class SupervisedServiceTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordingLogger _log = new();
    private readonly FaultCount _faults = new();
    private readonly Played _service = new();
    private readonly SupervisedService _supervised;

    public SupervisedServiceTests() => _supervised = new SupervisedService(_service, _faults, _time, _log.As<SupervisedService>());

    public void Dispose()
    {
        _supervised.Dispose();
        _service.Dispose();
    }

    [Theory]
    [InlineData("throws")]
    [InlineData("returns")]
    [InlineData("is cancelled by itself")]
    public async Task One_that_ends_is_counted_told_and_started_again(string how)
    {
        await _supervised.StartAsync(Samples.Cancel);
        await StartsAsync(1);
        End(how);
        await StartsAsync(2);
        Assert.Equal(1, _faults.Value);
        Assert.StartsWith("Played ended and is being restarted", Assert.Single(_log.Texts(1903)), StringComparison.Ordinal);
        await StopAsync();
    }

    [Fact]
    public async Task One_that_keeps_ending_is_told_once_and_starts_ever_more_seldom()
    {
        await _supervised.StartAsync(Samples.Cancel);
        var began = _time.GetUtcNow();
        for (var end = 1; end <= 16; end++)
        {
            await StartsAsync(end);
            End("throws");
        }

        await Eventually.Async(() => _faults.Value == 16);
        // 100 ms, doubled to a minute: 15 pauses, of which the last five are the longest, each a quarter shorter at the least.
        Assert.True(_time.GetUtcNow() - began > TimeSpan.FromMinutes(4));
        Assert.Single(_log.Texts(1903));
        Assert.Empty(_log.Texts(1904));
        await StopAsync();
    }

    [Fact]
    public async Task One_that_has_worked_for_a_minute_is_a_new_fault_when_it_ends_again()
    {
        await _supervised.StartAsync(Samples.Cancel);
        await StartsAsync(1);
        End("throws");
        await StartsAsync(2);
        End("returns");
        await StartsAsync(3);
        await Eventually.Async(() => _log.Texts(1904).Any(), () => _time.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal("Played works again; it had ended 2 times.", Assert.Single(_log.Texts(1904)));
        End("throws");
        await Eventually.Async(() => _log.Texts(1903).Count() == 2);
        Assert.Equal(3, _faults.Value);
        await StartsAsync(4);
        await StopAsync();
    }

    [Fact]
    public async Task One_that_can_not_be_started_again_is_tried_again()
    {
        await _supervised.StartAsync(Samples.Cancel);
        await StartsAsync(1);
        _service.RefusesStarts = 2;
        End("throws");
        await StartsAsync(2);
        Assert.Equal(3, _faults.Value);
        await StopAsync();
    }

    [Fact]
    public async Task Told_to_end_it_ends_and_is_no_fault()
    {
        await _supervised.StartAsync(Samples.Cancel);
        await StartsAsync(1);
        await StopAsync();
        Assert.Equal((0, 1), (_faults.Value, _service.Starts));
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public async Task A_start_of_the_process_that_is_given_up_is_no_fault_of_a_service()
    {
        using var start = new CancellationTokenSource();
        await _supervised.StartAsync(start.Token);
        await StartsAsync(1);
        await start.CancelAsync();
        await Eventually.Async(() => _service.ExecuteTask!.IsCompleted);
        await StopAsync();
        Assert.Equal((0, 1), (_faults.Value, _service.Starts));
    }

    [Fact]
    public async Task Disposed_of_without_a_stop_it_takes_the_end_of_the_service_for_no_fault()
    {
        await _supervised.StartAsync(Samples.Cancel);
        await StartsAsync(1);
        _supervised.Dispose();
        _service.Dispose();
        await Eventually.Async(() => _service.ExecuteTask!.IsCompleted);
        Assert.Equal((0, 1), (_faults.Value, _service.Starts));
        Assert.Empty(_log.Entries);
    }

    [Fact]
    public async Task A_first_start_that_fails_fails_the_start_of_the_process()
    {
        _service.RefusesStarts = 1;
        await Assert.ThrowsAsync<InvalidOperationException>(() => _supervised.StartAsync(Samples.Cancel));
        await StopAsync();
        Assert.Equal(0, _faults.Value);
    }

    private Task StartsAsync(int count) => Eventually.Async(() => _service.Starts == count, () => _time.Advance(TimeSpan.FromMilliseconds(500)));

    private async Task StopAsync()
    {
        await _supervised.StopAsync(Samples.Cancel);
        Assert.True(_service.ExecuteTask is null or { IsCompleted: true });
    }

    private void End(string how)
    {
        switch (how)
        {
            case "throws": _service.Life.SetException(new IOException("gone")); break;
            case "returns": _service.Life.SetResult(); break;
            default: _service.Life.SetCanceled(CancellationToken.None); break;
        }
    }

    private sealed class Played : BackgroundService
    {
        private int _starts;

        public int Starts => Volatile.Read(ref _starts);

        public int RefusesStarts { get; set; }

        public TaskCompletionSource Life { get; private set; } = new();

        public override Task StartAsync(CancellationToken cancellationToken) =>
            RefusesStarts-- > 0 ? throw new InvalidOperationException("not now") : base.StartAsync(cancellationToken);

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            Life = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.Increment(ref _starts);
            await Life.Task.WaitAsync(stoppingToken);
        }
    }
}
