using CsCheck;
using DockerGuardProxy.Engine;
using Xunit;
using static DockerGuardProxy.Tests.Engine.Samples;

namespace DockerGuardProxy.Tests.Engine;

public sealed class ContainerReducerTests
{
    public static TheoryData<string, string, string, string> Events => new()
    {
        // before; events; after; told
        { "", "create a web", "a[/web]", "" },
        { "a[]", "create a web", "a[/web]", "" },
        { "a[/app]", "create a web", "a[/app]", "" },
        { "", "create a web, start a web", "a[/web]*", "+a" },
        { "a[/web]*", "die a web", "a[/web]", "-a" },
        { "a[/web]", "die a web", "a[/web]", "" },
        { "a[/web]*", "kill a web", "a[/web]*", "!a:9" },
        { "a[/web]*", "destroy a web", "", "-a xa" },
        { "a[/web]*", "die a web, destroy a web", "", "-a xa" },
        { "a[/web]", "rename a app", "a[/app]", "~a:web>app" },
        { "a[/web]", "rename a web", "a[/web]", "" },
        { "a[/web] b[/db,/web/sql]", "rename a app", "a[/app] b[/app/sql,/db]", "~a:web>app" },
        { "a[/web] b[/db,/web/sql]", "destroy a web", "b[/db]", "xa" },
        { "a[/web] b[/db,/web/sql]", "destroy b db", "a[/web]", "xb" },
        { "a[/web] b[/db]", "create c web", "a[] b[/db] c[/web]", "" },
        { "", "start a web", "a[/web]*", "+a" },
        { "", "destroy a web", "", "" },
        { "", "die a web", "", "" },
        { "a[/web]", "exec_start: a web", "a[/web]", "" },
    };

    [Theory]
    [MemberData(nameof(Events))]
    public void An_event_changes_the_set_by_its_rule(string before, string events, string after, string told)
    {
        var set = Parse(before);
        var changes = new List<ContainerChange>();
        foreach (var text in events.Split(", "))
        {
            var word = text.Split(' ');
            set = ContainerReducer.Apply(set, Event(word[0], word[1], word[2], 1, ("signal", "9")), changes);
        }

        Assert.Equal(after, Show(set));
        Assert.Equal(told, Show(changes));
    }

    [Fact]
    public void The_start_event_of_a_run_that_is_known_only_tells_when_it_began()
    {
        var changes = new List<ContainerChange>();
        var set = ContainerReducer.Apply(Set(Listed("a", true, "/web")), Event("start", "a", "web", 7), changes);

        Assert.Empty(changes);
        Assert.Equal((1L, 7L), (set.Find(Id("a"))!.Run, set.Find(Id("a"))!.StartedNano));
    }

    [Fact]
    public void A_second_start_event_without_a_die_between_is_another_run()
    {
        var changes = new List<ContainerChange>();
        var set = ContainerReducer.Apply(ContainerSet.Empty, Event("start", "a", "web", 7), []);
        set = ContainerReducer.Apply(set, Event("start", "a", "web", 7), changes);
        Assert.Empty(changes);

        set = ContainerReducer.Apply(set, Event("start", "a", "web", 8), changes);
        Assert.Equal("-a +a", Show(changes));
        Assert.Equal(2, set.Find(Id("a"))!.Run);
    }

    public static TheoryData<string, string, string, string, string> Lists => new()
    {
        // before; list; events since it was asked for; after; told
        { "a[/web]*", "a[/web]*", "", "a[/web]*", "" },
        { "", "a[/web]* b[/db]", "", "a[/web]* b[/db]", "+a" },
        { "", "a[]", "", "a[]", "" },
        { "a[/web]* b[/db]", "", "", "", "-a xa xb" },
        { "a[/web]*", "a[/web]", "", "a[/web]", "-a" },
        { "a[/web]", "a[/web]*", "", "a[/web]*", "+a" },
        { "a[/web]", "a[/app]", "", "a[/app]", "~a:web>app" },
        { "a[/x] b[/y]", "a[/y] b[/x]", "", "a[/y] b[/x]", "~a:x>y ~b:y>x" },
        { "a[/web]", "a[/web] b[/db,/web/sql]", "", "a[/web] b[/db,/web/sql]", "" },
        // The list had not seen what the events say, and those have been told already.
        { "a[/web]*", "a[/web]", "start a web", "a[/web]*", "" },
        { "a[/web]", "a[/web]*", "die a web", "a[/web]", "" },
        { "", "a[/web]*", "die a web, destroy a web", "", "" },
        { "a[/web]", "", "create a web", "a[/web]", "" },
        // The list had seen it, and the events say it again.
        { "a[/web]*", "a[/web]*", "start a web", "a[/web]*", "" },
        { "a[/web]*", "a[/web]*", "die a web, start a web", "a[/web]*", "" },
        { "a[/web]", "a[/web]", "start a web, die a web", "a[/web]", "" },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public void A_list_brings_the_set_up_to_date_and_tells_only_what_is_news(
        string before, string list, string journal, string after, string told)
    {
        var changes = new List<ContainerChange>();
        var events = journal.Split(", ", StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split(' '));
        var current = Parse(before);
        var set = ContainerReducer.Reconcile(
            current,
            Lines(list),
            [.. events.Select(word => Event(word[0], word[1], word[2]))],
            current.Version,
            changes);

        Assert.Equal(after, Show(set));
        Assert.Equal(told, string.Join(' ', Show(changes).Split(' ').Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void What_came_in_after_the_list_was_asked_for_is_kept_though_the_list_lacks_it()
    {
        var asked = Set(Listed("a", false, "/web"));
        var now = asked.With(new Container { Id = Id("b"), Names = ["/db"], StopTimeout = 3 });
        var set = ContainerReducer.Reconcile(now, [Listed("a", false, "/web")], [], asked.Version, []);
        Assert.Equal("a[/web] b[/db]", Show(set));
        Assert.Equal(3, set.Find(Id("b"))!.StopTimeout);

        set = ContainerReducer.Reconcile(now, [Listed("a", false, "/web")], [], now.Version, []);
        Assert.Equal("a[/web]", Show(set));
    }

    [Fact]
    public void What_was_learned_of_a_run_outlives_a_list()
    {
        var known = new Container { Id = Id("a"), Names = ["/web"], Running = true, Run = 4, Pid = 77, StopTimeout = 3, StopSignal = "INT" };
        var current = ContainerSet.Empty.With(known);
        var set = ContainerReducer.Reconcile(current, [Listed("a", true, "/app")], [], current.Version, []);
        Assert.Equal(
            (4L, 77, 3L, "INT"), (set.Find(Id("a"))!.Run, set.Find(Id("a"))!.Pid, set.Find(Id("a"))!.StopTimeout, set.Find(Id("a"))!.StopSignal));

        // In another run the pid is another's, the configuration is not.
        set = ContainerReducer.Apply(set, Event("die", "a", "app"), []);
        set = ContainerReducer.Apply(set, Event("start", "a", "app"), []);
        Assert.Equal((5L, null, 3L), (set.Find(Id("a"))!.Run, set.Find(Id("a"))!.Pid, set.Find(Id("a"))!.StopTimeout));
    }

    [Fact]
    public void However_often_and_late_events_are_told_again_the_list_decides_the_end()
    {
        // A real history; at a random point a list is taken, and delivered after a random number of further events.
        var ids = Gen.OneOf("a", "b", "ab");
        var step = Gen.Select(ids, Gen.OneOf("create", "start", "die", "rename", "destroy"), Gen.Int[0, 4]);
        Gen.Select(step.List[1, 30], Gen.Int[0, 30], Gen.Int[0, 30]).Sample((steps, listAt, delay) =>
        {
            var truth = new Dictionary<string, (string Name, bool Running)>();
            var history = new List<EngineEvent>();
            var list = Array.Empty<ListedContainer>();
            var clock = 10L;
            var asked = Math.Min(listAt, steps.Count);
            var events = new List<(int Step, EngineEvent Event)>();
            for (var i = 0; i < steps.Count; i++)
            {
                if (i == asked)
                    list = Snapshot(truth);
                var (id, action, number) = steps[i];
                var name = "n" + number;
                var exists = truth.TryGetValue(id, out var was);
                var taken = truth.Any(pair => pair.Value.Name == name);
                var possible = action switch
                {
                    "create" => !exists && !taken && !history.Any(old => old.Actor!.Id == Id(id)),
                    "start" => exists && !was.Running,
                    "die" => exists && was.Running,
                    "rename" => exists && !taken,
                    _ => exists && !was.Running,
                };
                if (!possible)
                    continue;
                truth = new(truth);
                if (action == "destroy")
                    truth.Remove(id);
                else
                    truth[id] = (action is "create" or "rename" ? name : was.Name, action == "start" || (action == "rename" && was.Running));
                var message = Event(action, id, action == "destroy" ? was.Name : truth[id].Name, ++clock);
                history.Add(message);
                events.Add((i, message));
            }

            if (asked >= steps.Count)
                list = Snapshot(truth);

            // Subscribed a few steps before the list was made, delivered some steps after.
            var from = Math.Max(0, asked - 3);
            var current = ContainerSet.Empty;
            var journal = new List<EngineEvent>();
            var told = new List<ContainerChange>();
            var delivered = false;
            foreach (var (at, message) in events.Where(entry => entry.Step >= from))
            {
                if (at >= asked + delay && !delivered)
                {
                    current = ContainerReducer.Reconcile(current, list, journal, 0, told);
                    delivered = true;
                }

                current = ContainerReducer.Apply(current, message, told);
                if (!delivered)
                    journal.Add(message);
            }

            if (!delivered)
                current = ContainerReducer.Reconcile(current, list, journal, 0, told);

            Assert.Equal(Show(Set(Snapshot(truth))), Show(current));
            foreach (var id in new[] { "a", "b", "ab" })
                Assert.Equal(truth.TryGetValue(id, out var now) && now.Running ? 1 : 0, Balance(told, id));
        });
    }

    /// <summary>Runs started less runs ended: never more than one at a time.</summary>
    private static int Balance(List<ContainerChange> told, string id)
    {
        var balance = 0;
        foreach (var change in told.Where(change => change.Container.Id == Id(id)))
        {
            balance += change.Kind switch { ContainerChangeKind.RunStarted => 1, ContainerChangeKind.RunEnded => -1, _ => 0 };
            Assert.InRange(balance, 0, 1);
        }

        return balance;
    }

    private static ListedContainer[] Snapshot(Dictionary<string, (string Name, bool Running)> truth) =>
        [.. truth.Select(pair => Listed(pair.Key, pair.Value.Running, "/" + pair.Value.Name))];

    private static ContainerSet Parse(string text) => Set([.. Lines(text)]);

    private static IEnumerable<ListedContainer> Lines(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word =>
        {
            var open = word.IndexOf('[', StringComparison.Ordinal);
            var names = word[(open + 1)..word.IndexOf(']', StringComparison.Ordinal)];
            return Listed(word[..open], word.EndsWith('*'), names.Split(',', StringSplitOptions.RemoveEmptyEntries));
        });
}
