using System.Net.Sockets;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Route;
using DockerGuardProxy.Streams;
using DockerGuardProxy.Tests.Configuration;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Probe;
using DockerGuardProxy.Tests.Streams;
using DockerGuardProxy.Tests.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

/// <summary>The watch over streams with a tree of processes, a clock that the test moves, and clients on real sockets.</summary>
internal sealed class StreamRig : IStreamObserver, ILockWaiters, IDisposable
{
    /// <summary>The container's init, and its shim.</summary>
    public const int Init = 500, Shim = 400;

    public static readonly string Id = Samples.Id("abc");

    private readonly TempFolder _folder = new();
    private readonly List<IDisposable> _open = [];
    private readonly Prober _prober;
    private readonly EngineVitalsWatch _vitals;
    private readonly FailOpen _failOpen;

    public StreamRig(IReadOnlyDictionary<string, string>? labels = null)
    {
        Streams = new ClientStreams(Time);
        Stalled = new StalledStreams(Budget);
        var options = new ProbeOptions { Root = Proc.Root, ScanTimeout = TimeSpan.FromHours(1) };
        _prober = new Prober(options, Time);
        _vitals = new EngineVitalsWatch(Engine, Engine, new EngineVitalsReader(Proc.Root, _folder["engine.sock"]), Time);
        _failOpen = new FailOpen(() => { }, Time, NullLogger.Instance);
        Watch = new StreamWatch(
            Streams, Stalled, Budget, () => GuardPolicies.Default with { Families = Policies, Exempt = Exempt },
            new ProcessEnds(Engine, _vitals, Index, _prober, Time), Index, this, _prober, [this], _failOpen, new FaultCount(), Time,
            NullLogger<StreamWatch>.Instance);
        Proc.Write("uptime", "1000.00 5000.00\n");
        Proc.Process(Init, "init", Cgroup, parent: Shim);
        Index.BeginList();
        Index.EndList([new ListedContainer(Id, ["/web"], Running: true, Pod: null) { Labels = labels }]);
        Index.Learned(new Inspection(Id, 10, "TERM", Init), Index.Find(Id)!.Run);
    }

    public static string Cgroup => $"0::/docker/{Id}\n";

    public FakeProc Proc { get; } = new();

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));

    public FakeEngine Engine { get; } = new();

    public ContainerIndex Index { get; } = new(NullLogger<ContainerIndex>.Instance);

    public RestBudget Budget { get; } = new();

    public ClientStreams Streams { get; }

    public StalledStreams Stalled { get; }

    public StreamWatch Watch { get; }

    public FamilyPolicies Policies { get; set; } = FamilyPolicies.Default;

    public Exemptions Exempt { get; set; } = Exemptions.None;

    public bool OthersWait { get; set; }

    /// <summary>What was told.</summary>
    public List<StreamEvent> Told { get; } = [];

    /// <summary>How many seconds have gone by.</summary>
    public int Seconds { get; private set; }

    /// <summary>A stream whose client has not read, until a send waits for it.</summary>
    public async Task<StalledClient> StallAsync(StreamKind kind, string reference, string? owner = null)
    {
        var client = new StalledClient(this, kind, reference, owner);
        _open.Add(client);
        await client.FillAsync();
        return client;
    }

    /// <summary>Lets so many seconds go by, or fewer where it comes to what is waited for.</summary>
    public async Task RunAsync(int seconds, Func<bool>? until = null)
    {
        for (var end = Seconds + seconds; Seconds < end && until?.Invoke() != true; Seconds++)
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Watch.LookAsync(TestContext.Current.CancellationToken);

            // What reads the tree does so on threads of its own.
            await Task.Delay(TimeSpan.FromMilliseconds(3), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The end of the container's run, as the engine tells it.</summary>
    public void Die() => Index.Apply(Samples.Event("die", Id));

    public void On(StreamEvent happened) => Told.Add(happened);

    /// <summary>What happens as it is asked whether others wait.</summary>
    public Action OnAsked { get; set; } = static () => { };

    public bool Any(string containerId)
    {
        OnAsked();
        return OthersWait && containerId == Id;
    }

    public void Dispose()
    {
        foreach (var one in _open) one.Dispose();
        Watch.Dispose();
        _vitals.Dispose();
        Streams.Dispose();
        Proc.Dispose();
        _folder.Dispose();
    }
}

/// <summary>A client that does not read, and the stream that the engine has granted it.</summary>
internal sealed class StalledClient : IStreamEnds, IDisposable
{
    private readonly StreamRig _rig;
    private readonly Socket _ours;
    private readonly Socket _engine;
    private readonly Socket _engineEnd;
    private readonly SocketPair _clients = new();
    private readonly SocketPair _engines = new();

    public StalledClient(StreamRig rig, StreamKind kind, string reference, string? owner)
    {
        _rig = rig;
        (_ours, Socket) = (_clients.Near, _clients.Far);
        (_engineEnd, _engine) = (_engines.Near, _engines.Far);
        owner ??= kind is StreamKind.Exec or StreamKind.Events ? null : rig.Index.Resolve(reference).Container?.Id;
        Stream = new ClientStream(kind, reference, _ours, rig.Streams) { ContainerId = owner };
        Stream.Bind(_engine, _ => IsCut = true);
        if (kind == StreamKind.Upload) Stream.BodySent = 1 << 20;
        rig.Streams.Add(Stream);
        Running = kind is StreamKind.Attach or StreamKind.Exec ? Stream.CopyAsync(this) : Task.FromResult(true);
    }

    /// <summary>The client's end.</summary>
    public Socket Socket { get; }

    /// <summary>The engine's end of its connection.</summary>
    public Socket EngineSocket => _engineEnd;

    public ClientStream Stream { get; }

    public FakeEnds Engine { get; } = new();

    public Task<bool> Running { get; }

    public bool IsCut { get; private set; }

    public bool HasMore => Engine.HasMore;

    /// <summary>The engine sends more than fits the client's socket; a byte each with its own number in turn.</summary>
    public async Task FillAsync()
    {
        if (Stream.Kind == StreamKind.Upload) _ = Stream.WaitForInputAsync().AsTask();
        else if (Stream.Kind is StreamKind.Attach or StreamKind.Exec) Engine.Give([.. Enumerable.Range(0, 1 << 20).Select(i => (byte)i)]);
        else _ = Stream.SendAsync(new byte[1 << 20]).AsTask();
        await Eventually.Async(() => Stream.WaitsSince != 0);
    }

    /// <summary>Reads so many bytes.</summary>
    public void Read(int count)
    {
        for (var buffer = new byte[count]; count > 0;) count -= Socket.Receive(buffer, 0, count, SocketFlags.None);
    }

    /// <summary>Reads on to so many bytes in all, and says whether each was the next.</summary>
    public async Task<bool> ReadsInOrderAsync(int count)
    {
        var buffer = new byte[64 * 1024];
        for (var next = 0; count > 0;)
        {
            var got = await Socket.ReceiveAsync(buffer, SocketFlags.None, TestContext.Current.CancellationToken);
            for (var i = 0; i < got; i++)
            {
                if (buffer[i] != (byte)next++) return false;
            }

            count -= got;
        }

        return count == 0;
    }

    public ValueTask WaitAsync() => Engine.WaitAsync();

    public ValueTask<int> ReadAsync(Memory<byte> buffer) => Engine.ReadAsync(buffer);

    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes) => Stream.SendAsync(bytes);

    public void CloseEngine() => Engine.CloseEngine();

    public void Dispose()
    {
        _rig.Streams.Remove(Stream);
        _clients.Dispose();
        _engines.Dispose();
    }
}
