using System.Text.Json;
using DockerGuardProxy.EngineTests.Guard;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Kubernetes;

/// <summary>A real kubelet in the incidents, directly and through the proxy, side by side. Of the long form.</summary>
[Trait("form", "long")]
public sealed class KubeletTests
{
    private const string Enforce = """{ "policies": { "lock": { "tell": { "mode": "enforce" } } } }""";

    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task A_pod_in_D_state_costs_nothing_and_its_reason_is_in_kubelets_log()
    {
        await using var direct = await Node.StartAsync(null);
        await using var guarded = await Node.StartAsync("{}");
        Node[] nodes = [direct, guarded];
        foreach (var node in nodes)
        {
            node.Kubelet.Run("stuck", node.Disk.Folder, ("main", "while :; do date >/data/now; sleep 0.2; done", null));
            node.Kubelet.Run("other", node.Shared, ("main", "exec sleep 100000", "date >>/data/probed"));
        }

        foreach (var node in nodes)
        {
            await node.RunsAsync("stuck");
            await node.RunsAsync("other");
            await node.IsProbedAsync();
        }

        var before = await Task.WhenAll(nodes.Select(node => node.Engine.QuietAsync()));
        foreach (var node in nodes)
        {
            await node.Disk.FreezeAsync();
            node.Kubelet.End("stuck");
        }

        // Longer than it takes kubelet to lose three stops.
        for (var minute = 1; minute <= 8; minute++)
        {
            await Task.Delay(TimeSpan.FromMinutes(1));
            if (minute == 2)
            {
                guarded.Kubelet.Run("later", guarded.Shared, ("main", "exec sleep 100000", null));
                await guarded.RunsAsync("later");
            }

            if (minute == 3)
            {
                guarded.Kubelet.End("later");
                await guarded.EndsAsync("later");
            }

            if (minute == 5)
            {
                Assert.Equal(0, await guarded.Proxy!.StopAsync(TimeSpan.FromSeconds(10)));
                await guarded.Proxy.StartAsync();
            }
        }

        await guarded.IsProbedAsync();
        var after = await Task.WhenAll(nodes.Select(node => node.Engine.QuietAsync()));
        Figures.Record("a pod in D state for 8 min, directly: goroutines, descriptors", LockCalls.Growth(before[0], after[0]));
        Figures.Record("the same through the proxy: goroutines, descriptors", LockCalls.Growth(before[1], after[1]));
        Figures.Record("lines of kubelet's log with the reason", guarded.Kubelet.Logged("cannot be ended by SIGKILL"));
        Figures.Record("lines of kubelet's log with a lost deadline, directly", direct.Kubelet.Logged("context deadline exceeded"));
        Assert.InRange(after[1].Goroutines - before[1].Goroutines, -100, 4);
        Assert.InRange(after[1].Descriptors - before[1].Descriptors, -100, 2);
        Assert.InRange(guarded.Kubelet.Logged("cannot be ended by SIGKILL"), 1, int.MaxValue);

        await guarded.Disk.ThawAsync();
        var gone = await guarded.EndsAsync("stuck");
        Figures.Record("thaw until the pod was gone", gone);
    }

    [Fact]
    public async Task Logs_and_execs_by_the_CRI_are_as_directly()
    {
        const int lines = 500;
        await using var direct = await Node.StartAsync(null);
        await using var guarded = await Node.StartAsync("{}");
        Node[] nodes = [direct, guarded];
        foreach (var node in nodes)
        {
            node.Kubelet.Run(
                "chatty", node.Shared,
                ("main", $"i=0; while [ $i -lt {lines} ]; do i=$((i+1)); echo line $i; done; touch /data/written; exec sleep 100000", null));
        }

        foreach (var node in nodes)
        {
            await node.RunsAsync("chatty");
            await node.BecomesAsync(() => Task.FromResult(File.Exists(Path.Combine(node.Shared, "written"))), "nothing is written");
            var id = (await node.FindAsync("chatty"))!;
            using var cri = new CriClient(node.Kubelet.CriSocket);
            Assert.Equal(("out\n", "error\n", 3), await cri.ExecSyncAsync(id, "sh", "-c", "echo out; echo error >&2; exit 3"));
            var (output, status) = await cri.ExecAsync(id, "a line\n", "sh", "-c", "read text; echo got $text");
            Assert.Equal("got a line\n", output);
            Assert.Contains("\"status\":\"Success\"", status, StringComparison.Ordinal);

            // Kubelet reads them itself, from where the engine writes them.
            var log = await node.Kubelet.ReadLinesAsync(await cri.LogPathAsync(id));
            Assert.Equal(
                Enumerable.Range(1, lines).Select(line => $"line {line}\n"),
                log.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("log").GetString()));
        }

        // The guard has nothing to say to it.
        Assert.Equal((0, 0), ((await guarded.Proxy!.StatusAsync()).Calls.Refused, (await guarded.Proxy!.StatusAsync()).Locks!.Held));
    }

    [Fact]
    public async Task A_container_whose_lock_hangs_leaves_the_node_ready()
    {
        await using var direct = await Node.StartAsync(null);
        await using var guarded = await Node.StartAsync(Enforce);
        Node[] nodes = [direct, guarded];
        foreach (var node in nodes)
        {
            // Its second container ends again and again: kubelet asks for all of the pod each time.
            node.Kubelet.Run("hung", node.Shared, ("main", "exec sleep 100000", null), ("side", "exec sleep 15", null));
            node.Kubelet.Run("other", node.Shared, ("main", "exec sleep 100000", "date >>/data/probed"));
        }

        foreach (var node in nodes)
        {
            await node.RunsAsync("hung");
            await node.RunsAsync("other");
            await node.IsProbedAsync();
        }

        await using var hungDirectly = await HungLock.OfAsync(direct.Engine, (await direct.FindAsync("hung"))!);
        await using var hung = await HungLock.OfAsync(guarded.Engine, (await guarded.FindAsync("hung"))!);
        await hungDirectly.HangAsync();
        await hung.HangAsync();
        for (var minute = 1; minute <= 8; minute++)
        {
            await Task.Delay(TimeSpan.FromMinutes(1));
            if (minute == 3)
            {
                guarded.Kubelet.Run("later", guarded.Shared, ("main", "exec sleep 100000", null));
                Figures.Record("a pod added meanwhile, through the proxy, until it ran", await guarded.RunsAsync("later"));
            }
        }

        // At its start it says of itself that it has yet to be successful.
        const string unhealthy = "PLEG is not healthy: pleg was last seen active";
        Figures.Record("lines of kubelet's log: PLEG is not healthy, directly, through the proxy",
            $"{direct.Kubelet.Logged(unhealthy)}, {guarded.Kubelet.Logged(unhealthy)}");
        Assert.Equal(0, guarded.Kubelet.Logged(unhealthy));
        Assert.InRange((await guarded.Proxy!.StatusAsync()).Locks!.Told, 1, int.MaxValue);
        await hung.FreeAsync();
        guarded.Kubelet.End("later");
        Figures.Record("a pod taken away after the hang, until it was gone", await guarded.EndsAsync("later"));
    }

    /// <summary>An engine with a kubelet, and a proxy between them where there is to be one.</summary>
    private sealed class Node : IAsyncDisposable
    {
        private Node(Dockerd engine, Proxy? proxy, FrozenFileSystem disk, Kubelet kubelet)
        {
            Engine = engine;
            Proxy = proxy;
            Disk = disk;
            Shared = Machine.NewPath("shared");
            Directory.CreateDirectory(Shared);
            Kubelet = kubelet;
        }

        public Dockerd Engine { get; }

        public Proxy? Proxy { get; }

        public FrozenFileSystem Disk { get; }

        public Kubelet Kubelet { get; }

        /// <summary>A folder for what probes leave.</summary>
        public string Shared { get; }

        /// <param name="guard">The guard's section of the configuration; null for no proxy.</param>
        public static async Task<Node> StartAsync(string? guard)
        {
            var engine = await Dockerd.StartAsync(Dockerd.Leaky);
            var proxy = guard is null ? null : await Proxy.StartHandedAsync(engine, guard);
            if (proxy is not null) await proxy.ReadyAsync();
            var kubelet = await Kubelet.StartAsync(engine, proxy?.Socket ?? engine.Socket);
            return new Node(engine, proxy, await FrozenFileSystem.MountAsync(), kubelet);
        }

        /// <summary>The id of a pod's main container that runs; null for none.</summary>
        public async Task<string?> FindAsync(string pod) => (await Engine.Api.GetAsync("/containers/json")).EnumerateArray()
            .Where(it => it.GetProperty("Names")[0].GetString()!.StartsWith($"/k8s_main_{pod}-node_", StringComparison.Ordinal))
            .Select(it => it.GetProperty("Id").GetString()).FirstOrDefault();

        /// <summary>Waits until a pod runs.</summary>
        public Task<TimeSpan> RunsAsync(string pod) => BecomesAsync(async () => await FindAsync(pod) is not null, $"{pod} does not run");

        /// <summary>Waits until a pod's container has ended.</summary>
        public Task<TimeSpan> EndsAsync(string pod) => BecomesAsync(async () => await FindAsync(pod) is null, $"{pod} does not end");

        /// <summary>Waits until a probe has run once more.</summary>
        public Task<TimeSpan> IsProbedAsync()
        {
            var file = Path.Combine(Shared, "probed");
            var length = Length();
            return BecomesAsync(() => Task.FromResult(Length() > length), "nothing is probed");

            long Length() => File.Exists(file) ? new FileInfo(file).Length : 0;
        }

        /// <summary>Waits until something is so.</summary>
        public async Task<TimeSpan> BecomesAsync(Func<Task<bool>> condition, string otherwise)
        {
            if (await Poll.UntilAsync(condition, Soon, 200) is { } took) return took;
            Assert.Fail($"{otherwise}:\n{Kubelet.Tail()}");
            return default;
        }

        public async ValueTask DisposeAsync()
        {
            await Disk.ThawAsync();
            await Kubelet.DisposeAsync();
            if (Proxy is not null) await Proxy.DisposeAsync();
            await Engine.DisposeAsync();
            await Disk.DisposeAsync();
        }
    }
}
