using System.Text;
using DockerGuardProxy.Engine;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static DockerGuardProxy.Tests.Engine.Samples;

namespace DockerGuardProxy.Tests.Engine;

public sealed class ContainerIndexTests
{
    private readonly Listener _listener = new();
    private readonly ContainerIndex _index = new(NullLogger<ContainerIndex>.Instance);

    public ContainerIndexTests() => _index.Listen(_listener);

    [Fact]
    public void It_is_ready_from_a_list_until_track_is_lost()
    {
        Assert.False(_index.IsReady);
        _index.BeginList();
        Assert.False(_index.IsReady);
        Assert.True(_index.EndList([Listed("a", true, "/web")]));
        Assert.True(_index.IsReady);
        _index.LoseTrack();
        Assert.False(_index.IsReady);

        // Better old knowledge than none.
        Assert.True(_index.Resolve("web").IsFound);
        Assert.Equal("+a", _listener.Heard);
    }

    [Fact]
    public void A_list_that_was_not_begun_in_this_connection_is_refused()
    {
        _index.BeginList();
        _index.LoseTrack();
        Assert.False(_index.EndList([Listed("a", true, "/web")]));
        Assert.False(_index.IsReady);
    }

    [Fact]
    public void A_creation_that_passed_is_known_before_its_event()
    {
        var expected = Expect("POST", "/containers/create?name=web", """{"StopTimeout":3,"StopSignal":"SIGINT"}""");
        Answer(expected, 201, $$"""{"Id":"{{Id("a")}}"}""");
        _index.Apply(Event("create", "a", "web"));

        var found = _index.Resolve("web").Container!;
        Assert.Equal((Id("a"), 3L, "INT"), (found.Id, found.StopTimeout, found.StopSignal));
        Assert.Equal("a[/web]", Show(_index.Current));
    }

    [Fact]
    public void A_creation_whose_event_came_first_still_teaches_its_body()
    {
        var expected = Expect("POST", "/containers/create", """{"StopTimeout":3}""");
        _index.Apply(Event("create", "a", "jolly_web"));
        Answer(expected, 201, $$"""{"Id":"{{Id("a")}}"}""");

        Assert.Equal("a[/jolly_web]", Show(_index.Current));
        Assert.Equal((3L, null), (_index.Find(Id("a"))!.StopTimeout, _index.Find(Id("a"))!.StopSignal));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(409)]
    [InlineData(500)]
    public void A_refused_call_changes_nothing(int status)
    {
        Load(Listed("a", false, "/web"));
        Answer(Expect("POST", "/containers/create?name=db", "{}"), status, $$"""{"Id":"{{Id("b")}}"}""");
        Answer(Expect("POST", "/containers/web/start"), status);
        Answer(Expect("POST", "/containers/web/rename?name=app"), status);
        Answer(Expect("DELETE", "/containers/web"), status);
        Assert.Equal("a[/web]", Show(_index.Current));
        Assert.Equal("", _listener.Heard);
    }

    [Fact]
    public void Rename_start_and_removal_are_known_before_their_events_and_told_once()
    {
        Load(Listed("a", false, "/web"));
        Answer(Expect("POST", "/containers/web/rename?name=app"), 204);
        Assert.Equal(Id("a"), _index.Resolve("app").Container?.Id);
        Assert.False(_index.Resolve("web").IsFound);
        Answer(Expect("POST", "/containers/app/start"), 204);
        Assert.True(_index.Resolve("app").Container!.Running);
        Answer(Expect("DELETE", "/containers/app?force=1"), 204);
        Assert.Equal(0, _index.Current.Count);
        Assert.Equal("~a:web>app +a -a xa", _listener.Heard);

        _index.Apply(Event("rename", "b", "x"));
        _index.Apply(Event("die", "a", "app"));
        _index.Apply(Event("destroy", "a", "app"));
        Assert.Equal("~a:web>app +a -a xa", _listener.Heard);
    }

    [Fact]
    public void An_answer_that_comes_after_later_events_does_not_undo_them()
    {
        Load(Listed("a", false, "/web"));
        var start = Expect("POST", "/containers/web/start");
        var rename = Expect("POST", "/containers/web/rename?name=b");
        _index.Apply(Event("start", "a", "web"));
        _index.Apply(Event("die", "a", "web"));
        _index.Apply(Event("rename", "a", "b"));
        _index.Apply(Event("rename", "a", "c"));
        Answer(start, 204);
        Answer(rename, 204);
        Assert.Equal("a[/c]", Show(_index.Current));
    }

    [Fact]
    public void A_removal_removes_whom_it_meant_when_it_was_sent()
    {
        Load(Listed("a", false, "/web"));
        var removal = Expect("DELETE", "/containers/web");
        _index.Apply(Event("destroy", "a", "web"));
        _index.Apply(Event("create", "b", "web"));
        Answer(removal, 204);
        Assert.Equal("b[/web]", Show(_index.Current));
    }

    [Fact]
    public void Links_are_unlinked_and_new_ones_ask_for_a_list()
    {
        var asked = 0;
        _index.ListWanted = () => asked++;
        Load(Listed("a", false, "/app"), Listed("b", false, "/db", "/app/sql"));
        Answer(Expect("DELETE", "/containers/app/sql?link=1"), 204);
        Answer(Expect("DELETE", "/containers/db?link=1"), 204);
        Assert.Equal("a[/app] b[/db]", Show(_index.Current));

        Answer(Expect("POST", "/containers/create", """{"HostConfig":{"Links":["db:sql"]}}"""), 201, $$"""{"Id":"{{Id("c")}}"}""");
        Assert.Equal(1, asked);
    }

    [Fact]
    public void What_an_inspect_found_counts_for_its_run_alone()
    {
        Load(Listed("a", true, "/web"));
        _index.Learned(new Inspection(Id("a"), 3, "INT", 77), run: 1);
        Assert.Equal(77, _index.Find(Id("a"))!.Pid);
        _index.LoseTrack();
        Assert.Null(_index.Find(Id("a"))!.Pid);

        _index.Learned(new Inspection(Id("a"), 3, "INT", 78), run: 7);
        Assert.Null(_index.Find(Id("a"))!.Pid);
        Assert.Equal(3, _index.Find(Id("a"))!.StopTimeout);
        _index.Learned(new Inspection(Id("z"), 3, "INT", 78), run: 1);
        Assert.Null(_index.Find(Id("z")));
    }

    [Fact]
    public void A_listener_that_throws_or_calls_back_harms_nothing()
    {
        _index.Listen(new Echo(_index));
        Load(Listed("a", true, "/web"));
        _index.Apply(Event("die", "a", "web"));
        Assert.Equal("+a ~a:web>web2 -a", _listener.Heard);
    }

    [Fact]
    public void Changes_from_many_threads_are_told_in_order()
    {
        Parallel.For(0, 8, thread =>
        {
            for (var i = 0; i < 200; i++)
            {
                _index.Apply(Event("start", "a" + thread, "n" + thread, i + 1));
                _index.Apply(Event("die", "a" + thread, "n" + thread, i + 1));
            }
        });
        var heard = _listener.Heard.Split(' ');
        Assert.Equal(8 * 400, heard.Length);
        for (var thread = 0; thread < 8; thread++)
        {
            var own = heard.Where(text => text[1..] == "a" + thread || (thread == 0 && text[1..] == "a")).Select(text => text[0]).ToArray();
            Assert.Equal(new string([.. Enumerable.Range(0, 400).Select(i => i % 2 == 0 ? '+' : '-')]), new string(own));
        }
    }

    private void Load(params ListedContainer[] list)
    {
        _index.BeginList();
        Assert.True(_index.EndList(list));
    }

    private ExpectedChange Expect(string method, string target, string? body = null)
    {
        Assert.True(ChangingCall.TryRecognise(method, target, out var call));
        return _index.Expect(call, body is null ? null : CreateBody.Parse(Encoding.UTF8.GetBytes(body)));
    }

    private void Answer(ExpectedChange expected, int status, string body = "") =>
        _index.Answered(expected, status, Encoding.UTF8.GetBytes(body));

    [Fact]
    public void Losses_are_counted_once_each()
    {
        var index = new ContainerIndex(NullLogger<ContainerIndex>.Instance);
        index.LoseTrack();
        index.LoseTrack();
        Assert.Equal(1, index.Losses);
        index.BeginList();
        index.EndList([]);
        index.LoseTrack();
        Assert.Equal(2, index.Losses);
    }

    private sealed class Echo(ContainerIndex index) : IContainerEvents
    {
        public void RunStarted(Container container) => index.Apply(Event("rename", container.Id.TrimEnd('0'), container.Name + "2"));

        public void RunEnded(Container container) => throw new InvalidOperationException("listener");

        public void Renamed(Container container, string? formerName) => throw new InvalidOperationException("listener");

        public void Removed(Container container)
        {
        }

        public void Killed(Container container, string? signal, DateTimeOffset at)
        {
        }

        public void EngineRestarted()
        {
        }
    }
}
