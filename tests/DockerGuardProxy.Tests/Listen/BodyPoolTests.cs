using DockerGuardProxy.Http;
using DockerGuardProxy.Listen;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Xunit;

namespace DockerGuardProxy.Tests.Listen;

public sealed class BodyPoolTests
{
    /// <summary>What the transport's pipes ask for.</summary>
    private const int PipesBlock = 4096;

    private readonly BodyPool _pool = BodyPool.UseIn(new SocketTransportOptions());

    [Fact]
    public void Blocks_are_large_only_while_a_long_body_is_under_way()
    {
        Assert.Equal(PipesBlock, RentedSize());
        using (new LongBody(_pool))
        {
            using (new LongBody(_pool)) Assert.Equal(BodyPool.LargeSize, RentedSize());
            Assert.Equal(BodyPool.LargeSize, RentedSize());
        }

        Assert.Equal(PipesBlock, RentedSize());
    }

    [Fact]
    public void Long_bodies_one_after_the_other_do_not_each_cost_a_block()
    {
        const int bodies = 100;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < bodies; i++)
        {
            using var body = new LongBody(_pool);
            _pool.Rent().Dispose();
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, bodies * BodyPool.LargeSize / 4);
    }

    [Fact]
    public void No_block_is_smaller_than_asked_for()
    {
        const int asked = BodyPool.LargeSize + 1;
        using (var block = _pool.Rent(asked)) Assert.InRange(block.Memory.Length, asked, int.MaxValue);
        using var body = new LongBody(_pool);
        using var next = _pool.Rent(asked);
        Assert.InRange(next.Memory.Length, asked, int.MaxValue);
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
        using var block = _pool.Rent(PipesBlock);
        return block.Memory.Length;
    }
}
