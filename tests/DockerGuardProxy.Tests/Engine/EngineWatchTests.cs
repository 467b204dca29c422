using DockerGuardProxy.Engine;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static DockerGuardProxy.Tests.Engine.Samples;

namespace DockerGuardProxy.Tests.Engine;

public sealed class EngineWatchTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeEngine _engine = new() { Containers = [Listed("a", true, "/web")] };
    private readonly Listener _listener = new();
    private readonly ContainerIndex _index = new(NullLogger<ContainerIndex>.Instance);
    private readonly ContainerLearner _learner;
    private readonly EngineWatch _watch;

    public EngineWatchTests()
    {
        _index.Listen(_listener);
        _learner = new(_engine, _index, _ => false, _time, NullLogger<ContainerLearner>.Instance);
        _watch = new(_engine, _engine, _index, _learner, _time, NullLogger<EngineWatch>.Instance);
    }

    [Fact]
    public async Task It_subscribes_before_it_lists_and_follows_the_events()
    {
        await StartAsync();
        Assert.Equal(["ping", "events -", "list"], _engine.Asked);
        _engine.Send(Event("die", "a", "web", 5));
        await Eventually.Async(() => _listener.Heard == "+a -a");
    }

    [Fact]
    public async Task Events_are_taken_in_while_a_slow_list_is_under_way()
    {
        var list = new TaskCompletionSource();
        _engine.Interfere = (question, cancellationToken) => question == "list" ? list.Task.WaitAsync(cancellationToken) : Task.CompletedTask;
        await _watch.StartAsync(Cancel);
        await Eventually.Async(() => _engine.Asked.Contains("list"));
        _engine.Send(Event("start", "b", "db", 5));
        _engine.Send(Event("die", "a", "web", 6));
        await Eventually.Async(() => _index.Resolve("db").IsFound);
        Assert.False(_index.IsReady);

        list.SetResult();
        await Eventually.Async(() => _index.IsReady);
        Assert.Equal("a[/web] b[/db]*", Show(_index.Current));
    }

    [Fact]
    public async Task A_stream_that_ends_is_taken_up_where_it_ended_and_the_list_repairs_the_gap()
    {
        await StartAsync();
        _engine.Send(Event("kill", "a", "web", 41));
        await Eventually.Async(() => _listener.Heard.Contains('!', StringComparison.Ordinal));
        _engine.Containers = [Listed("b", true, "/web")];
        _engine.EndStream();
        await ReadyAgainAsync("events 42");
        Assert.Equal("b[/web]*", Show(_index.Current));
        Assert.DoesNotContain("R", _listener.Heard, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_process_is_a_restart_told_before_what_its_list_shows()
    {
        await StartAsync();
        _engine.Instance = new(2, 9);
        _engine.Containers = [Listed("a", false, "/web")];
        _engine.EndStream(new IOException("reset"));
        await ReadyAgainAsync("events -");
        await Eventually.Async(() => _listener.Heard == "+a R -a");
    }

    [Fact]
    public async Task An_engine_without_identity_counts_as_restarted_when_its_stream_broke()
    {
        _engine.Instance = null;
        await StartAsync();
        Assert.DoesNotContain("R", _listener.Heard, StringComparison.Ordinal);
        _engine.EndStream();
        await ReadyAgainAsync("events -");
        await Eventually.Async(() => _listener.Heard == "+a R");
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("events -")]
    [InlineData("list")]
    public async Task An_engine_that_hangs_is_given_up_and_tried_again(string hanging)
    {
        var hung = 0;
        _engine.Interfere = async (question, cancellationToken) =>
        {
            if (question != hanging || hung > 0)
                return;
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                hung++;
            }
        };
        await _watch.StartAsync(Cancel);
        await Eventually.Async(() => _engine.Asked.Contains(hanging));
        await Eventually.Async(() => _index.IsReady, () => _time.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal(1, hung);
    }

    [Fact]
    public async Task An_engine_that_is_gone_is_tried_ever_more_rarely()
    {
        var tries = new List<DateTimeOffset>();
        _engine.Interfere = (_, _) =>
        {
            lock (tries)
                tries.Add(_time.GetUtcNow());
            throw new HttpRequestException("refused");
        };
        await _watch.StartAsync(Cancel);
        await Eventually.Async(() => _engine.Asked.Count >= 8, () => _time.Advance(TimeSpan.FromMilliseconds(50)));
        _engine.Interfere = null;
        await Eventually.Async(() => _index.IsReady, () => _time.Advance(TimeSpan.FromMilliseconds(50)));
        double[] least = [75, 150, 300, 600, 1200, 1500, 1500];
        for (var i = 0; i < least.Length; i++)
            Assert.True(tries[i + 1] - tries[i] >= TimeSpan.FromMilliseconds(least[i]), $"Try {i + 1} came too soon.");
    }

    [Fact]
    public async Task It_lists_again_when_wanted_and_now_and_then()
    {
        await StartAsync();
        _index.ListWanted!();
        await Eventually.Async(() => Lists() == 2, () => _time.Advance(TimeSpan.FromMilliseconds(100)));

        _engine.Containers = [];
        await Eventually.Async(() => Lists() == 3, () => _time.Advance(EngineWatch.ListInterval / 4));
        await Eventually.Async(() => _listener.Heard == "+a -a xa");
    }

    [Fact]
    public async Task It_stops_at_once()
    {
        await StartAsync();
        await _watch.StopAsync(Cancel);
        Assert.True(_watch.ExecuteTask!.IsCompleted);
    }

    public async ValueTask DisposeAsync()
    {
        await _watch.StopAsync(Cancel);
        _watch.Dispose();
        _learner.Dispose();
    }

    private int Lists() => _engine.Asked.Count(question => question == "list");

    private async Task StartAsync()
    {
        await _watch.StartAsync(Cancel);
        await Eventually.Async(() => _index.IsReady);
    }

    private async Task ReadyAgainAsync(string subscription)
    {
        await Eventually.Async(
            () =>
                _index.IsReady && Lists() == 2
                    && _engine.Asked.Last(question => question.StartsWith("events", StringComparison.Ordinal)) == subscription,
            () => _time.Advance(TimeSpan.FromMilliseconds(50)));
    }
}
