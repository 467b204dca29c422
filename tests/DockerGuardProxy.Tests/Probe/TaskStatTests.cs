using System.Text;
using DockerGuardProxy.Probe;
using Xunit;

namespace DockerGuardProxy.Tests.Probe;

public sealed class TaskStatTests
{
    [Theory]
    [InlineData("17760 (sh) S 17738 17760 17760 0 -1 4195596 985 58 1 0 0 0 0 0 20 0 1 0 4711 1000 2", "sh", 'S', 4195596u, 4711ul, 17738, true)]
    [InlineData(
        "9 (a) b (c) D 1 1 1 0 -1 4194368 22 0 0 0 0 0 0 0 20 0 1 0 18446744073709551615 0", "a) b (c", 'D', 4194368u, ulong.MaxValue, 1, false)]
    [InlineData("9 (x\n)y) Z 1 1 1 0 -1 4 22 0 0 0 0 0 0 0 20 0 1 0 5 0", "x?)y", 'Z', 4u, 5ul, 1, true)]
    public void Reads_a_line(string line, string comm, char state, uint flags, ulong start, int parent, bool exiting)
    {
        Assert.True(TaskStat.TryParse(Encoding.UTF8.GetBytes(line), out var stat));
        Assert.Equal(new TaskStat(comm, state, flags, start) { Parent = parent }, stat);
        Assert.Equal(exiting, stat.IsExiting);
        Assert.False(stat.IsKernelThread);
    }

    [Theory]
    [InlineData("")]
    [InlineData("12 (sh)")]
    [InlineData("12 (sh) ")]
    [InlineData("12 (sh) S 1 2 3")]
    [InlineData("12 (sh) S x 1 1 0 -1 4 22 0 0 0 0 0 0 0 20 0 1 0 5 0")]
    [InlineData("12 (sh) S 1 1 1 0 -1 x 22 0 0 0 0 0 0 0 20 0 1 0 5 0")]
    [InlineData(")(")]
    public void Refuses_what_is_no_line(string line) => Assert.False(TaskStat.TryParse(Encoding.UTF8.GetBytes(line), out _));

    [Fact]
    public void A_kernel_thread_is_known_by_its_flag()
    {
        Assert.True(TaskStat.TryParse("2 (vhost-9) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 5 0"u8, out var stat));
        Assert.True(stat.IsKernelThread);
    }
}
