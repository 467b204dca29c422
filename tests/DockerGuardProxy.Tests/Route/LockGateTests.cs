using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

/// <summary>Calls that are held, told and left behind, on their way through both lanes.</summary>
public sealed class LockGateTests : ProxiedTests
{
    private const string Id = "feedfacefeedfacefeedfacefeedfacefeedfacefeedfacefeedfacefeedface";
    private const string Inspect = $"GET /containers/{Id}/json HTTP/1.1\r\nHost: h\r\n\r\n", Empty = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    private const string OddInspect = $"GET http://docker/containers/{Id}/json HTTP/1.1\r\nHost: h\r\n\r\n";

    private readonly FakeTimeProvider _time;
    private readonly List<RawPeer> _clients = [];

    public LockGateTests()
        : this(new FakeTimeProvider())
    {
    }

    private LockGateTests(FakeTimeProvider time)
        : base(time, new ListedContainer(Id, ["/web"], Running: true, Pod: null)) => _time = time;

    private int Waiting => Rig.Permits.Snapshot().Waiting;

    [Theory]
    [InlineData(Inspect)]
    [InlineData(OddInspect)]
    [InlineData("GET /containers/web/top HTTP/1.1\r\nHost: h\r\n\r\n")]
    public async Task A_held_call_goes_as_it_came_when_a_permit_comes_back(string call)
    {
        var slow = await BecomeSlowAsync();
        await Client.SendAsync(call);
        await HeldAsync(1);
        await slow[0].SendAsync(Empty);
        var connection = await Engine.AcceptAsync();
        Assert.StartsWith(call[..10], await connection.HeadAsync(), StringComparison.Ordinal);
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        Assert.EndsWith("hi", await Client.ThroughAsync("hi"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_held_call_with_a_body_is_sent_whole_and_the_next_one_after_it()
    {
        var slow = await BecomeSlowAsync();
        await Client.SendAsync($"POST /containers/{Id}/exec HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab");
        await HeldAsync(1);
        await Client.SendAsync($"cd{Inspect}");
        await slow[0].SendAsync(Empty);
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        Assert.Equal("abcd", await connection.TextAsync(4));
        await connection.SendAsync(Empty);
        await Client.HeadAsync();
        Assert.StartsWith("GET", await connection.HeadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Inspect)]
    [InlineData(OddInspect)]
    [InlineData($"{Inspect}more")]
    public async Task A_held_caller_that_leaves_is_never_sent(string call)
    {
        var slow = await BecomeSlowAsync();
        await Client.SendAsync(call);
        await HeldAsync(1);
        Client.Dispose();
        await HeldAsync(0);
        await slow[0].SendAsync(Empty);
        await Eventually.Async(() => Rig.Permits.Snapshot().Containers[0].Calls.Sum(calls => calls.Unanswered) == 3);
        Assert.True(Engine.IsQuiet);
        Assert.Equal(1, Rig.Permits.Snapshot().Totals.Dropped);
    }

    [Theory]
    [InlineData(Inspect)]
    [InlineData(OddInspect)]
    public async Task A_caller_that_leaves_keeps_its_permit_until_the_engine_has_answered(string call)
    {
        await Client.SendAsync(call);
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        Client.Dispose();
        await UntilAsync(() => Rig.Permits.Snapshot() is { Containers: [{ Kept: 1 }] });
        await Eventually.Async(() => Rig.Connections.Count == 0);

        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
        await UntilAsync(() => Rig.Permits.Snapshot().Containers.IsEmpty);
        Assert.Equal("", await connection.RestAsync());
    }

    [Fact]
    public async Task What_is_never_held_ends_with_its_caller()
    {
        await Client.SendAsync($"POST /containers/{Id}/attach HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        Client.Dispose();
        Assert.Equal("", await connection.RestAsync());
        await UntilAsync(() => Rig.Permits.Snapshot().Containers.IsEmpty);
    }

    [Theory]
    [InlineData(Inspect)]
    [InlineData(OddInspect)]
    public async Task At_the_stop_a_held_caller_reads_ask_again(string call)
    {
        await BecomeSlowAsync();
        await Client.SendAsync(call);
        await HeldAsync(1);
        var stopping = Rig.DrainAsync();
        var (head, body) = await Client.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 503", head, StringComparison.Ordinal);
        Assert.Contains("Docker-Guard-Proxy: turned-away\r\n", head, StringComparison.Ordinal);
        Assert.Equal("""{"message":"docker-guard-proxy is being restarted; ask again"}""", body);
        foreach (var client in _clients) client.Dispose();
        Client.Dispose();
        await UntilAsync(() => stopping.IsCompleted);
    }

    [Theory]
    [InlineData(Inspect)]
    [InlineData(OddInspect)]
    public async Task A_caller_that_is_told_may_go_on_with_its_connection(string call)
    {
        var own = (await File.ReadAllTextAsync("/proc/self/comm", TestContext.Current.CancellationToken)).Trim();
        var families = FamilyPolicies.Default;
        Rig.Permits.Policies = GuardPolicies.Default with
        {
            Families = families with { Lock = families.Lock with { Tell = new TellPolicy { Mode = GuardMode.Enforce, Callers = [own] } } },
        };
        await Client.SendAsync(call);
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        await UntilAsync(() => Rig.Permits.Snapshot().Totals.Told == 1);
        var (head, body) = await Client.AnswerAsync();
        Assert.StartsWith("HTTP/1.1 503 Service Unavailable\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: application/json\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nDocker-Guard-Proxy: told\r\n", head, StringComparison.Ordinal);
        Assert.StartsWith("{\"message\":\"container web (feedfacefeed): the engine has not answered since ", body, StringComparison.Ordinal);

        await Client.SendAsync("GET /_ping HTTP/1.1\r\nHost: h\r\n\r\n");
        var next = await Engine.AcceptAsync();
        await next.HeadAsync();
        await next.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK");
        Assert.EndsWith("OK", (await Client.AnswerAsync()).Body, StringComparison.Ordinal);
        await connection.SendAsync(Empty);
        await UntilAsync(() => Rig.Permits.Snapshot().Containers.IsEmpty);
        Assert.Equal("", await connection.RestAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://docker")]
    public async Task The_start_of_an_exec_is_suspected_until_its_stream_begins(string origin)
    {
        Rig.ExecOwners.Add("e1", Id);
        await Client.SendAsync(
            $"POST {origin}/exec/e1/start HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 2\r\n\r\n{{}}");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        Assert.Equal("{}", await connection.TextAsync(2));
        await connection.SendAsync(
            "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
        await Client.HeadAsync();
        Assert.Equal("exec", Rig.Permits.Snapshot().Containers.Single().Holder!.Operation);
        await connection.SendAsync("hello");
        Assert.Equal("hello", await Client.TextAsync(5));
        await UntilAsync(() => Rig.Permits.Snapshot().Containers.IsEmpty);
        Client.Dispose();
        await connection.RestAsync();
    }

    [Fact]
    public async Task An_exec_that_nobody_knows_is_not_counted()
    {
        await Client.SendAsync("POST /exec/e2/start HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{}");
        var connection = await Engine.AcceptAsync();
        await connection.HeadAsync();
        Assert.Empty(Rig.Permits.Snapshot().Containers);
        await connection.SendAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 404", await Client.HeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_room_a_call_is_refused_and_its_connection_goes_on()
    {
        await BecomeSlowAsync();
        var families = FamilyPolicies.Default;
        Rig.Permits.Policies =
            GuardPolicies.Default with { Families = families with { Lock = families.Lock with { MaxWaitingPerContainer = 0 } } };
        await Client.SendAsync(Inspect + $"HEAD /containers/{Id}/archive?path=/ HTTP/1.1\r\nHost: h\r\n\r\n" + Inspect);
        Assert.Contains("too many calls wait", (await Client.AnswerAsync()).Body, StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 503", await Client.HeadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 503", (await Client.AnswerAsync()).Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whom_nobody_knows_is_not_counted()
    {
        await Client.SendAsync("GET /containers/nobody/json HTTP/1.1\r\nHost: h\r\n\r\n");
        await (await Engine.AcceptAsync()).HeadAsync();
        Assert.Empty(Rig.Permits.Snapshot().Containers);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_is_exempt_is_neither_held_nor_counted(bool byLabel)
    {
        await BecomeSlowAsync();
        var own = (await File.ReadAllTextAsync("/proc/self/comm", TestContext.Current.CancellationToken)).Trim();
        Rig.Know(new ListedContainer(Id, ["/web"], Running: true, Pod: null) { Labels = new Dictionary<string, string> { ["free"] = "yes" } });
        Rig.Ledger.Policies = GuardPolicies.Default with
        {
            Exempt = byLabel ? Exemptions.None with { Labels = Exemptions.None.Labels.Add("free", "yes") } : Exemptions.None with { Callers = [own] },
        };
        await Client.SendAsync(Inspect);
        await (await Engine.AcceptAsync()).HeadAsync();
        Assert.Equal(4, Rig.Permits.Snapshot().Containers[0].Calls.Sum(calls => calls.Unanswered));
    }

    // Four callers whose answers do not come.
    private async Task<List<RawPeer>> BecomeSlowAsync()
    {
        var engines = new List<RawPeer>();
        for (var i = 0; i < 4; i++)
        {
            var client = await Rig.ConnectAsync();
            _clients.Add(client);
            await client.SendAsync(Inspect);
            engines.Add(await Engine.AcceptAsync());
            await engines[^1].HeadAsync();
        }

        _time.Advance(TimeSpan.FromSeconds(3));
        return engines;
    }

    private Task HeldAsync(int count) => UntilAsync(() => Waiting == count);

    // Departures are polled for by the clock that the test moves.
    private Task UntilAsync(Func<bool> condition) => Eventually.Async(() =>
    {
        _time.Advance(TimeSpan.FromMilliseconds(200));
        return condition();
    });
}
