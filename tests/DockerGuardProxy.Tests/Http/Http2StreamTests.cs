using System.Net.Sockets;
using DockerGuardProxy.Http;
using DockerGuardProxy.Sockets;
using DockerGuardProxy.Tests.Sockets;
using Xunit;

namespace DockerGuardProxy.Tests.Http;

public sealed class Http2StreamTests
{
    [Fact]
    public async Task A_reader_that_never_has_to_wait_leaves_the_thread_to_others_all_the_same()
    {
        using var sockets = new SocketPair();
        sockets.Far.SendBufferSize = 1 << 20;
        sockets.Far.Blocking = false;
        var piece = new byte[16 * 1024];
        var sent = 0;
        while (sockets.Far.Send(piece, SocketFlags.None, out var error) is > 0 and var count && error == SocketError.Success) sent += count;
        Assert.True(sent >= Turns.OfFrames, $"The kernel takes only {sent} bytes.");
        await using var stream = new Http2Stream(sockets.Near, static () => { });
        var waits = 0;
        for (var read = 0; read < Turns.OfFrames;)
        {
            var reading = stream.ReadAsync(piece, TestContext.Current.CancellationToken);
            if (!reading.IsCompleted) waits++;
            read += await reading;
        }

        Assert.Equal(1, waits);
    }
}
