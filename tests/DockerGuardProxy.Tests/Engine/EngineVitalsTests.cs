using System.Net.Sockets;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Probe;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Engine;

public sealed class EngineVitalsTests : IDisposable
{
    private readonly DirectoryInfo _proc = Directory.CreateTempSubdirectory("vitals-");

    public void Dispose() => _proc.Delete(recursive: true);

    [Fact]
    public void They_are_read_from_the_process_and_the_host()
    {
        Write("sys/fs/file-nr", "1632\t0\t9223372036854775807\n");
        Write("7/limits", "Limit                     Soft Limit           Hard Limit           Units     \nMax open files            1048576              1048576              files     \n");
        Write("7/status", "Name:\tdockerd\nVmRSS:\t   61440 kB\n");
        foreach (var fd in new[] { "0", "1", "2" })
            Write($"7/fd/{fd}", "");
        Assert.Equal(new EngineVitals(7, 3, 1_048_576, 60 << 20, 1632, long.MaxValue), Read(new EngineInstance(7, 1)));
    }

    [Fact]
    public void What_cannot_be_read_is_not_known()
    {
        Assert.Equal(EngineVitals.Unknown, Read(null));
        Write("7/limits", "Max open files            unlimited            unlimited            files     \n");
        Write("7/status", "Name:\tdockerd\nVmRSS:\n");
        Write("sys/fs/file-nr", "garbage");
        Assert.Equal(new EngineVitals(7), Read(new EngineInstance(7, 1)));
        Assert.Equal(new EngineVitals(8), Read(new EngineInstance(8, 1)));
    }

    [Fact]
    public void This_process_has_vitals()
    {
        var vitals = new EngineVitalsReader(new ProcRoot(), "/nowhere").Read(new EngineInstance(Environment.ProcessId, 1));
        Assert.InRange(vitals.Descriptors ?? 0, 3, 100_000);
        Assert.InRange(vitals.MemoryBytes ?? 0, 1 << 20, 1L << 40);
        Assert.NotNull(vitals.DescriptorLimit);
        Assert.NotNull(vitals.HostDescriptors);
    }

    [Fact]
    public async Task Connections_whose_client_is_gone_are_told_apart()
    {
        var path = Path.Combine(_proc.FullName, "engine.sock");
        var reader = new EngineVitalsReader(new ProcRoot(_proc.FullName), path);
        Assert.Null(reader.Read(null).Connections);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        Assert.Null(reader.Read(null).Connections);
        listener.Listen();
        Assert.Equal(new EngineConnections(0, 0), reader.Read(null).Connections);

        using var stays = await ConnectAsync(path);
        using var heldToo = await listener.AcceptAsync(Samples.Cancel);
        using var held = await LeaveAsync(path, listener);
        Assert.Equal(new EngineConnections(2, 1), reader.Read(null).Connections);

        // Whatever leads there is the same socket.
        var link = Path.Combine(_proc.FullName, "link.sock");
        File.CreateSymbolicLink(link, path);
        Assert.Equal(new EngineConnections(2, 1), new EngineVitalsReader(new ProcRoot(_proc.FullName), link).Read(null).Connections);
        held.Dispose();
        Assert.Equal(new EngineConnections(1, 0), reader.Read(null).Connections);
    }

    [Fact]
    public async Task The_watch_counts_restarts_and_keeps_the_version_while_the_engine_is_silent()
    {
        var time = new FakeTimeProvider();
        var engine = new FakeEngine { Info = new EngineInfo("20.10.5", 44) };
        using var watch = new EngineVitalsWatch(engine, engine, new EngineVitalsReader(new ProcRoot(_proc.FullName), "/nowhere"), time);
        await watch.StartAsync(Samples.Cancel);
        await Eventually.Async(() => watch is { Vitals.Pid: 1, Info.Goroutines: 44 });
        Assert.Equal(0, watch.Restarts);

        engine.Instance = new EngineInstance(2, 1);
        engine.Interfere = (what, cancellationToken) =>
            what == "info" ? Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken) : Task.CompletedTask;
        await Eventually.Async(() => watch.Vitals.Pid == 2, () => time.Advance(TimeSpan.FromSeconds(1)));
        await Eventually.Async(() => watch.Info is { Version: "20.10.5", Goroutines: null }, () => time.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal(1, watch.Restarts);

        // It hangs: it is not asked again, since each question would stay with it.
        var asked = engine.Asked.Count(what => what == "info");
        var looks = 0;
        await Eventually.Async(() => ++looks > 120, () => time.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal(asked, engine.Asked.Count(what => what == "info"));
        engine.Instance = null;
        await Eventually.Async(() => watch.Vitals.Pid is null, () => time.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal(1, watch.Restarts);
        await watch.StopAsync(Samples.Cancel);
    }

    private static async Task<Socket> ConnectAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), Samples.Cancel);
        return socket;
    }

    private static async Task<Socket> LeaveAsync(string path, Socket listener)
    {
        using var client = await ConnectAsync(path);
        return await listener.AcceptAsync(Samples.Cancel);
    }

    private EngineVitals Read(EngineInstance? instance) => new EngineVitalsReader(new ProcRoot(_proc.FullName), "/nowhere").Read(instance);

    private void Write(string path, string text)
    {
        var file = Path.Combine(_proc.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
