using System.Net.Sockets;
using DockerGuardProxy.Http;
using DockerGuardProxy.Tests.Sockets;
using Xunit;

namespace DockerGuardProxy.Tests.Http;

public sealed class EngineStreamTests : IDisposable
{
    private readonly SocketPair _pair = new();
    private readonly Socket _engine;
    private readonly EngineStream _stream;

    public EngineStreamTests()
    {
        _engine = _pair.Near;
        _stream = new EngineStream(_pair.Far, new Unwatched());
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _stream.Dispose();
        _pair.Dispose();
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(4096)]
    [InlineData(64 * 1024)]
    [InlineData(100_000)]
    public async Task Every_byte_is_read_once_and_in_order(int asked)
    {
        var sent = new byte[150_000];
        new Random(1).NextBytes(sent);
        await _engine.SendAsync(sent, Cancellation);
        _engine.Shutdown(SocketShutdown.Send);

        var read = new List<byte>();
        var buffer = new byte[asked];
        while (true)
        {
            Assert.Equal(0, await _stream.ReadAsync(Memory<byte>.Empty, Cancellation));
            var count = await _stream.ReadAsync(buffer, Cancellation);
            if (count == 0) break;
            read.AddRange(buffer.AsSpan(0, count));
        }

        Assert.Equal(sent, read);
    }

    [Fact]
    public async Task A_read_that_waits_gets_what_comes_and_no_more_is_waited_for()
    {
        var buffer = new byte[10];
        foreach (var text in new[] { "0123456789", "abc", "0123456789" })
        {
            var reading = _stream.ReadAsync(buffer, Cancellation);
            Assert.False(reading.IsCompleted);
            var sent = text.Select(static letter => (byte)letter).ToArray();
            await _engine.SendAsync(sent, Cancellation);
            Assert.Equal(sent, buffer[..await reading]);
        }
    }

    [Fact]
    public async Task A_reset_is_told_as_the_handler_expects_it()
    {
        await _stream.Socket.SendAsync(new byte[1], Cancellation);
        _engine.Dispose();
        var buffer = new byte[1];
        await Assert.ThrowsAsync<IOException>(async () => await _stream.ReadExactlyAsync(buffer, Cancellation));
        await Assert.ThrowsAsync<IOException>(async () => await _stream.SendAsync(buffer, Cancellation));
    }

    private sealed class Unwatched : IEngineExchange
    {
        public bool WatchesAnswer => false;

        public ValueTask SendHeadAsync(EngineStream stream, CancellationToken cancellationToken) => default;

        public void OnAnswerBytes(ReadOnlySpan<byte> bytes)
        {
        }
    }
}
