using DockerGuardProxy.Sockets;
using DockerGuardProxy.Tests.Configuration;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Sockets;

public sealed class EngineDialerTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new();

    private string SocketPath => _folder["engine.sock"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_backlog_is_tried_again()
    {
        using var engine = new RawEngine(SocketPath, backlog: 0);
        using var first = await DialAsync();
        var second = DialAsync();
        Assert.False(second.IsCompleted);

        using var accepted = await engine.AcceptAsync();
        await Eventually.Async(() => second.IsCompleted, () => _time.Advance(TimeSpan.FromMilliseconds(50)));
        using var socket = await second;
        Assert.True(socket.Connected);
    }

    [Fact]
    public async Task It_is_tried_no_longer_than_the_caller_waits()
    {
        using var engine = new RawEngine(SocketPath, backlog: 0);
        using var first = await DialAsync();
        using var leaving = new CancellationTokenSource();
        var second = new EngineDialer(SocketPath, _time).DialAsync(static () => { }, leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
    }

    private Task<System.Net.Sockets.Socket> DialAsync() =>
        new EngineDialer(SocketPath, _time).DialAsync(static () => { }, TestContext.Current.CancellationToken).AsTask();
}
