using DockerGuardProxy.Calls;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Calls;

public sealed class PileUpWatchTests
{
    [Fact]
    public void It_counts_a_kind_and_knows_the_oldest()
    {
        var time = new FakeTimeProvider();
        var watch = new PileUpWatch(time);
        var (one, two, other) = (new LongCall(), new LongCall(), new LongCall());
        watch.Begin(one, Rows.Named("inspect"), "/containers/web/json");
        time.Advance(TimeSpan.FromSeconds(5));
        watch.Begin(two, Rows.Named("inspect"), "/containers/db/json");
        watch.Begin(other, Rows.Named("exec"), "/exec/e1/start");
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(
            [new OpenLongCalls("exec", 1, TimeSpan.FromSeconds(1)), new OpenLongCalls("inspect", 2, TimeSpan.FromSeconds(6))],
            watch.Open().OrderBy(open => open.Operation));
        Assert.Contains((Rows.Named("inspect"), "db", TimeSpan.FromSeconds(1)), watch.Calls());
        watch.End(one);
        watch.End(one);
        Assert.Contains(new OpenLongCalls("inspect", 1, TimeSpan.FromSeconds(1)), watch.Open());
        watch.End(two);
        watch.End(other);
        Assert.Empty(watch.Open());
    }

    [Fact]
    public async Task A_call_through_the_proxy_is_open_from_its_head_to_its_answer_or_its_clients_departure()
    {
        await using var rig = await ProxyRig.StartAsync();
        using var engine = rig.NewEngine();
        using var patient = await rig.ConnectAsync();
        await patient.SendAsync("GET /containers/web/json HTTP/1.1\r\nHost: h\r\n\r\n");
        var connection = await engine.AcceptAsync();
        await connection.HeadAsync();
        Assert.Equal(("inspect", "web"), rig.PileUp.Calls().Select(call => (call.Row.Name, call.Reference)).Single());
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
        await patient.AnswerAsync();
        await Eventually.Async(() => rig.PileUp.Open().IsEmpty);

        var hasty = await rig.ConnectAsync();
        await hasty.SendAsync("POST /exec/e1/start HTTP/1.1\r\nHost: h\r\n\r\n");
        await (await engine.AcceptAsync()).HeadAsync();
        Assert.Equal("exec", rig.PileUp.Open().Single().Operation);
        hasty.Dispose();
        await Eventually.Async(() => rig.PileUp.Open().IsEmpty);
    }
}
