using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using DockerGuardProxy.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static DockerGuardProxy.Tests.Engine.Samples;

namespace DockerGuardProxy.Tests.Engine;

/// <summary>What is asked over the socket and how the answers are read, against a server that answers as dockerd does.</summary>
public sealed class DockerEngineTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("guard").FullName;
    private WebApplication? _server;
    private DockerEngine? _engine;
    private RequestDelegate _answer = context => context.Response.WriteAsync("OK");
    private string? _asked;

    private DockerEngine Engine => _engine!;

    public async ValueTask InitializeAsync()
    {
        var socket = Path.Combine(_folder, "docker.sock");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket));
        _server = builder.Build();
        _server.Run(context =>
        {
            _asked = Uri.UnescapeDataString(context.Request.Path + context.Request.QueryString.Value);
            return _answer(context);
        });
        await _server.StartAsync();
        _engine = new DockerEngine(socket);
    }

    [Fact]
    public async Task A_list_is_read_whatever_it_lacks()
    {
        _answer = Json($$$"""
            [{"Id":"{{{Id("a")}}}","Names":["/web","/app/web"],"State":"paused","Created":1700000000,"Labels":{"io.kubernetes.pod.name":"web-0"}},
             {"Id":"{{{Id("b")}}}","Names":null,"State":"restarting","Created":1700000000,"Labels":null,"Unknown":{"x":[1]}},
             {"Id":"{{{Id("c")}}}"}]
            """);
        var list = await Engine.ListAsync(Cancel);
        Assert.Equal("a[/app/web,/web]* b[] c[]", Show(Set([.. list])));
        Assert.Equal(new PodLabels(null, "web-0", null), list[0].Pod);
        Assert.Equal("/containers/json?all=1", _asked);
    }

    [Fact]
    public async Task Filters_are_asked_as_the_engine_reads_them()
    {
        _answer = Json("[]");
        await Engine.ListByNameAsync("a.b-c_1", Cancel);
        Assert.EndsWith("""filters={"name":{"^/a\\.b-c_1$":true}}""", _asked, StringComparison.Ordinal);
        await Engine.ListByIdAsync("ab12", Cancel);
        Assert.EndsWith("""filters={"id":{"ab12":true}}""", _asked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"StopTimeout":3,"StopSignal":"SIGINT"}""", """{"Running":true,"Pid":77}""", 3, "INT", 77)]
    [InlineData("""{"StopTimeout":-1,"StopSignal":"9"}""", """{"Running":true,"Pid":77}""", -1, "9", 77)]
    [InlineData("""{"StopTimeout":null}""", """{"Running":false,"Pid":0}""", 10, "TERM", null)]
    public async Task An_inspect_fills_in_what_the_engine_would(string config, string state, long timeout, string signal, int? pid)
    {
        _answer = Json($$"""{"Id":"{{Id("a")}}","Created":"2026-01-02T03:04:05.123456789Z","Config":{{config}},"State":{{state}}}""");
        Assert.Equal(new Inspection(Id("a"), timeout, signal, pid), await Engine.InspectAsync(Id("a"), Cancel));
    }

    [Fact]
    public async Task An_inspect_of_nobody_is_null()
    {
        _answer = Json("""{"message":"No such container: x"}""", 404);
        Assert.Null(await Engine.InspectAsync(Id("a"), Cancel));
    }

    [Fact]
    public async Task Cancelling_closes_the_connection()
    {
        var arrived = new TaskCompletionSource();
        var left = new TaskCompletionSource();
        _answer = async context =>
        {
            arrived.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            left.SetResult();
        };
        using var limit = new CancellationTokenSource();
        var inspect = Engine.InspectAsync(Id("a"), limit.Token);
        await arrived.Task;
        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => inspect);
        await left.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
    }

    [Fact]
    public async Task Each_event_is_read_as_it_comes_and_the_subscription_is_told_before_the_first()
    {
        var next = new SemaphoreSlim(0);
        _answer = async context =>
        {
            await context.Response.StartAsync();
            await context.Response.Body.FlushAsync();
            foreach (var part in new[] { Line("start", "a"), Line("die", "a") + Line("destroy", "a")[..30], Line("destroy", "a")[30..] })
            {
                await next.WaitAsync(context.RequestAborted);
                await context.Response.WriteAsync(part);
                await context.Response.Body.FlushAsync();
            }

            await next.WaitAsync(context.RequestAborted);
        };
        var events = await Engine.SubscribeAsync(1_700_000_000_000_000_005, Cancel);
        Assert.StartsWith("/events?since=1700000000.000000005&filters={", _asked, StringComparison.Ordinal);
        Assert.Contains("\"type\":{\"container\":true}", _asked, StringComparison.Ordinal);
        Assert.DoesNotContain("health", _asked, StringComparison.Ordinal);

        await using var reader = events.GetAsyncEnumerator(Cancel);
        var seen = new List<string?>();
        for (var i = 0; i < 3; i++)
        {
            next.Release();
            Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10), Cancel));
            seen.Add($"{reader.Current.Action} {reader.Current.OwnName} {reader.Current.TimeNano}");
        }

        Assert.Equal(["start /web 7", "die /web 7", "destroy /web 7"], seen);
        next.Release();
        Assert.False(await reader.MoveNextAsync());
    }

    [Theory]
    [InlineData("garbage\n")]
    [InlineData("{\"Type\":7}\n")]
    [InlineData("{\"Type\":\"container\",\n")]
    [InlineData("\n")]
    public async Task A_garbage_event_ends_the_stream_by_an_error(string text)
    {
        _answer = context => context.Response.WriteAsync(Line("start", "a") + text);
        var seen = 0;
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await foreach (var _ in await Engine.SubscribeAsync(null, Cancel))
                seen++;
        });
        Assert.InRange(seen, 0, 1);
    }

    [Fact]
    public async Task Ten_thousand_containers_are_read_and_taken_in_soon_enough()
    {
        var text = new StringBuilder("[");
        for (var i = 0; i < 10_000; i++)
        {
            var id = Convert.ToHexStringLower(SHA256.HashData(BitConverter.GetBytes(i)));
            text.Append(i == 0 ? "" : ",").Append($$$"""
                {"Id":"{{{id}}}","Names":["/k8s_app_web-{{{i}}}_shop_0"],"Image":"registry.example/shop/web@sha256:{{{id}}}","ImageID":"sha256:{{{id}}}","Command":"/bin/app --serve","Created":1700000000,"Ports":[{"PrivatePort":80,"Type":"tcp"}],"Labels":{"io.kubernetes.container.name":"app","io.kubernetes.pod.name":"web-{{{i}}}","io.kubernetes.pod.namespace":"shop","io.kubernetes.pod.uid":"{{{i}}}","annotation.io.kubernetes.container.hash":"{{{i}}}"},"State":"{{{(i % 10 == 0 ? "running" : "exited")}}}","Status":"Up 3 days","HostConfig":{"NetworkMode":"default"},"NetworkSettings":{"Networks":{}},"Mounts":[{"Type":"bind","Source":"/var/lib/kubelet/pods/{{{i}}}","Destination":"/etc/hosts","Mode":"","RW":true,"Propagation":"rprivate"}]}
                """);
        }

        var body = Encoding.UTF8.GetBytes(text.Append(']').ToString());
        _answer = async context =>
        {
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(body);
        };
        await Engine.ListAsync(Cancel);
        var index = new ContainerIndex(NullLogger<ContainerIndex>.Instance);

        var clock = Stopwatch.StartNew();
        var allocated = GC.GetTotalAllocatedBytes();
        var list = await Engine.ListAsync(Cancel);
        TestContext.Current.TestOutputHelper?.WriteLine($"{body.Length >> 10} KB read in {clock.ElapsedMilliseconds} ms, {(GC.GetTotalAllocatedBytes() - allocated) >> 10} KB");

        foreach (var what in new[] { "first", "again" })
        {
            clock.Restart();
            allocated = GC.GetTotalAllocatedBytes();
            index.BeginList();
            Assert.True(index.EndList(list));
            TestContext.Current.TestOutputHelper?.WriteLine($"{what}: taken in in {clock.ElapsedMilliseconds} ms, {(GC.GetTotalAllocatedBytes() - allocated) >> 10} KB");
        }

        Assert.Equal(10_000, index.Current.Count);
        string[] references =
        [
            .. list.Select(one => one.Id[..12]).Take(1000), .. list.Select(one => one.Names[0][1..]).Take(1000),
            .. list.Select(one => one.Id).Take(1000),
        ];
        foreach (var reference in references)
            Assert.True(index.Resolve(reference).IsFound);
        clock.Restart();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            foreach (var reference in references)
                index.Resolve(reference);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"resolve: {clock.Elapsed.TotalNanoseconds / 100 / references.Length:0} ns, {(GC.GetAllocatedBytesForCurrentThread() - before) / 100 / references.Length} B");
        clock.Restart();
        before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var one in list)
        {
            index.Apply(Event("start", one.Id, "x", 5));
            index.Apply(Event("die", one.Id, "x", 6));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"event: {clock.Elapsed.TotalMicroseconds / 20_000:0.0} us, {(GC.GetAllocatedBytesForCurrentThread() - before) / 20_000} B with its making");
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    public async ValueTask DisposeAsync()
    {
        _engine?.Dispose();
        await _server!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Line(string action, string id) =>
        $$$"""{"status":"{{{action}}}","id":"{{{Id(id)}}}","from":"lab","Type":"container","Action":"{{{action}}}","Actor":{"ID":"{{{Id(id)}}}","Attributes":{"image":"lab","name":"web"}},"scope":"local","time":1,"timeNano":7}""" + "\n";

    private static RequestDelegate Json(string text, int status = 200) => context =>
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(text);
    };
}
