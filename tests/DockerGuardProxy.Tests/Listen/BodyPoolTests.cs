using DockerGuardProxy.Forward;
using DockerGuardProxy.Listen;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Xunit;

namespace DockerGuardProxy.Tests.Listen;

public sealed class BodyPoolTests
{
    private const int KestrelsBlock = 4096;

    private readonly BodyPool _pool = BodyPool.UseIn(new SocketTransportOptions());

    [Fact]
    public void Blocks_are_large_only_while_a_long_body_is_under_way()
    {
        Assert.Equal(KestrelsBlock, RentedSize());
        using (new LongBody(_pool))
        {
            using (new LongBody(_pool)) Assert.Equal(BodyPool.LargeSize, RentedSize());
            Assert.Equal(BodyPool.LargeSize, RentedSize());
        }

        Assert.Equal(KestrelsBlock, RentedSize());
    }

    [Fact]
    public void A_large_block_serves_again_and_never_two_at_once()
    {
        using var body = new LongBody(_pool);
        var first = _pool.Rent();
        using var second = _pool.Rent();
        Assert.False(first.Memory.Span.Overlaps(second.Memory.Span));
        var memory = first.Memory;
        first.Dispose();
        using var third = _pool.Rent();
        Assert.True(third.Memory.Span == memory.Span);
    }

    [Fact]
    public void A_block_that_outlives_the_long_body_is_kept_for_none()
    {
        _pool.BeginLongBody();
        var block = _pool.Rent();
        var memory = block.Memory;
        _pool.EndLongBody();
        block.Dispose();

        using var body = new LongBody(_pool);
        using var next = _pool.Rent();
        Assert.False(next.Memory.Span == memory.Span);
    }

    [Fact]
    public void More_than_Kestrel_may_ask_for_is_refused_whatever_is_under_way()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _pool.Rent(_pool.MaxBufferSize + 1));
        using var body = new LongBody(_pool);
        Assert.Throws<ArgumentOutOfRangeException>(() => _pool.Rent(_pool.MaxBufferSize + 1));
    }

    [Fact]
    public void A_long_body_has_its_turn_by_the_mebibyte()
    {
        const int piece = 1 << 18;
        using var body = new LongBody(_pool);
        for (var turn = 0; turn < 3; turn++)
            Assert.Equal([false, false, false, true], Enumerable.Range(0, 4).Select(_ => body.IsTurnOver(piece)));
    }

    private int RentedSize()
    {
        using var block = _pool.Rent();
        return block.Memory.Length;
    }
}
