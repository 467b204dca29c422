using DockerGuardProxy.Engine;
using DockerGuardProxy.Tests.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;
using static DockerGuardProxy.Tests.Engine.Samples;

namespace DockerGuardProxy.Tests.Engine;

public sealed class ContainerLearnerTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeEngine _engine = new();
    private readonly ContainerIndex _index = new(NullLogger<ContainerIndex>.Instance);
    private readonly ContainerLearner _learner;
    private readonly HashSet<string> _busy = [];

    public ContainerLearnerTests()
    {
        _learner = new(_engine, _index, id => !_busy.Contains(id), _time, NullLogger<ContainerLearner>.Instance);
        _index.Listen(_learner);
    }

    [Fact]
    public async Task A_run_is_inspected_once()
    {
        _engine.Inspections[Id("a")] = new Inspection(Id("a"), 3, "INT", 77);
        await _learner.StartAsync(Cancel);
        _index.Apply(Event("start", "a", "web", 1));
        await Eventually.Async(() => _index.Find(Id("a"))!.Pid == 77);
        Assert.Equal((3L, "INT"), (_index.Find(Id("a"))!.StopTimeout, _index.Find(Id("a"))!.StopSignal));
        _learner.LearnMissing();

        _index.Apply(Event("die", "a", "web", 2));
        _engine.Inspections[Id("a")] = new Inspection(Id("a"), 3, "INT", 78);
        _index.Apply(Event("start", "a", "web", 3));
        await Eventually.Async(() => _index.Find(Id("a"))!.Pid == 78);
        Assert.Equal(["inspect a", "inspect a"], _engine.Asked);
    }

    [Fact]
    public async Task Where_many_execs_seem_to_run_the_engine_is_asked_which_do()
    {
        _index.Execs.InDoubt = _learner.LearnExecs;
        _engine.Inspections[Id("a")] = new Inspection(Id("a"), 3, "INT", 77);
        _engine.Execs[Id("a")] = ["31"];
        await _learner.StartAsync(Cancel);
        _index.Apply(Event("start", "a", "web", 1));
        await Eventually.Async(() => _index.Find(Id("a"))!.Pid == 77);
        for (var i = 0; i < RunningExecs.Many; i++)
            _index.Apply(Event("exec_start: false", "a", "web", 2, ("execID", $"{i}")));
        await Eventually.Async(() => _index.Execs.Read() is [(_, 1)]);
        _index.Apply(Event("die", "a", "web", 3));
        Assert.Empty(_index.Execs.Read());
        Assert.Equal(["inspect a", "execs a"], _engine.Asked);
    }

    [Fact]
    public async Task Execs_that_come_and_go_cost_a_question_a_minute_and_hung_ones_keep_no_run_from_being_learned()
    {
        _index.Execs.InDoubt = _learner.LearnExecs;
        _engine.Interfere = (question, cancellationToken) =>
            question.StartsWith("execs", StringComparison.Ordinal) ? Task.Delay(Timeout.Infinite, cancellationToken) : Task.CompletedTask;
        await _learner.StartAsync(Cancel);
        _index.Apply(Event("start", "a", "web", 1));
        for (var asked = 1; asked <= ContainerLearner.MaxHung + 1; asked++)
        {
            for (var i = 0; i < 40; i++)
            {
                for (var exec = 0; exec < RunningExecs.Many; exec++)
                    _index.Apply(Event("exec_start: true", "a", "web", 2, ("execID", $"{exec}")));
                _index.Apply(Event("exec_die", "a", "web", 2, ("execID", "7")));
            }

            if (asked <= ContainerLearner.MaxHung)
                await Eventually.Async(() => _engine.Asked.Count(question => question == "execs a") == asked);
            _time.Advance(ContainerLearner.Limit);
            _time.Advance(ContainerLearner.ExecsPause);
        }

        _engine.Inspections[Id("b")] = new Inspection(Id("b"), 3, "INT", 78);
        _index.Apply(Event("start", "b", "db", 3));
        await Eventually.Async(() => _index.Find(Id("b"))!.Pid == 78);

        // A question that was given up counts when its worker comes to it: the other one may have asked once more before.
        Assert.InRange(
            _engine.Asked.Count(question => question == "execs a"),
            ContainerLearner.MaxHung,
            ContainerLearner.MaxHung + ContainerLearner.Workers - 1);
    }

    [Fact]
    public async Task An_inspect_that_is_given_up_by_the_client_itself_ends_no_worker()
    {
        _engine.Interfere = (_, _) => throw new TaskCanceledException("the client's own limit");
        await _learner.StartAsync(Cancel);
        for (var i = 0; i < 5; i++)
            _index.Apply(Event("start", $"a{i}", $"web{i}", 1));
        await Eventually.Async(() => _engine.Asked.Count == 5);
    }

    [Fact]
    public async Task What_failed_is_logged_on_one_line()
    {
        var log = new RecordingLogger();
        using var learner = new ContainerLearner(_engine, _index, _ => true, _time, log.For<ContainerLearner>());
        _engine.Interfere = (_, _) => throw new HttpRequestException("gone\nfatal");
        _index.Apply(Event("start", "a", "web", 1));
        learner.LearnMissing();
        await learner.StartAsync(Cancel);
        await Eventually.Async(() => log.Entries.Count > 0);
        await learner.StopAsync(Cancel);
        Assert.Equal([$@"Inspect of {Id("a")} failed: gone\u000afatal"], log.Texts(405));
    }

    [Fact]
    public async Task None_is_inspected_while_a_terminating_call_of_it_is_open_or_when_its_run_is_over()
    {
        _busy.Add(Id("a"));
        _index.Apply(Event("start", "a", "web", 1));
        _index.Apply(Event("start", "b", "db", 1));
        _index.Apply(Event("die", "b", "db", 2));
        _index.Apply(Event("start", "c", "x", 1));
        await _learner.StartAsync(Cancel);
        await Eventually.Async(() => _engine.Asked.Count > 0);
        await _learner.StopAsync(Cancel);
        Assert.Equal(["inspect c"], _engine.Asked);
    }

    [Fact]
    public async Task One_that_hangs_is_closed_and_stays_unknown_and_after_a_few_none_is_asked_until_the_engine_restarts()
    {
        var closed = 0;
        _engine.Interfere = async (_, cancellationToken) =>
        {
            try
            {
                await Task.Delay(Timeout.Infinite, cancellationToken);
            }
            finally
            {
                Interlocked.Increment(ref closed);
            }
        };
        await _learner.StartAsync(Cancel);
        for (var i = 0; i < 20; i++)
            _index.Apply(Event("start", "a" + (char)('b' + i), "n" + i, 1));
        await Eventually.Async(
            () => closed >= ContainerLearner.MaxHung && closed == _engine.Asked.Count,
            () => _time.Advance(TimeSpan.FromMilliseconds(500)));
        _learner.LearnMissing();

        // The other worker may have asked its own at the same moment.
        Assert.InRange(_engine.Asked.Count, ContainerLearner.MaxHung, ContainerLearner.MaxHung + ContainerLearner.Workers - 1);
        Assert.All(_index.Current.Containers, one => Assert.Null(one.StopTimeout));

        _engine.Interfere = null;
        var before = _engine.Asked.Count;
        _index.EngineRestarted();
        _learner.LearnMissing();
        await Eventually.Async(() => _engine.Asked.Count == before + 20);
    }

    [Fact]
    public async Task An_engine_that_answers_nonsense_ends_nothing()
    {
        _engine.Interfere = (question, _) => question == "inspect a" ? throw new HttpRequestException("gone") : Task.CompletedTask;
        _engine.Inspections[Id("b")] = new Inspection(Id("b"), 3, "INT", 77);
        await _learner.StartAsync(Cancel);
        _index.Apply(Event("start", "a", "web", 1));
        _index.Apply(Event("start", "b", "db", 1));
        await Eventually.Async(() => _index.Find(Id("b"))!.Pid == 77);
    }

    public async ValueTask DisposeAsync()
    {
        await _learner.StopAsync(Cancel);
        _learner.Dispose();
    }
}
