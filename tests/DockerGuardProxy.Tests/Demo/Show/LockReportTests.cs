using DockerGuardProxy.Demo.Incident;
using DockerGuardProxy.Demo.Show;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Show;

public sealed class LockReportTests
{
    private static readonly LockHalf Direct = Half("direct", left: 1200), Guarded = Half("guarded", left: 9);

    [Fact]
    public void The_table_has_both_sides_beside_each_other()
    {
        var lines = LockReport.Lines(Direct, Guarded with { Other = null }).ToArray();
        Assert.Equal($"{"",-42}{"direct",12}{"guarded",12}", lines[0]);
        Assert.Contains($"{"callers gone: goroutines more than before",-42}{"+1,200",12}{"+9",12}", lines);
        Assert.Contains($"{"inspect and top of another one meanwhile",-42}{"3 ms",12}{"no answer",12}", lines);
        Assert.Contains($"{"lock free: answer to the one who waited",-42}{"0.25 s",12}{"0.25 s",12}", lines);
    }

    [Fact]
    public void One_line_says_it_all() => Assert.Equal(
        "1,199 looks behind a lock that hangs: +1,200 goroutines, +1,200 descriptors in the engine directly; +9, +9 guarded",
        LockReport.Sentence(Direct, Guarded));

    private static LockHalf Half(string name, int left) => new()
    {
        Name = name,
        Asked = 1199,
        Reached = left - 1,
        Before = new Sample(TimeSpan.Zero, 2, 1, 46, null),
        Last = new Sample(TimeSpan.FromSeconds(5), 2 + left, 1 + left, 46 + left, null),
        Other = TimeSpan.FromMilliseconds(3),
        List = TimeSpan.FromMilliseconds(2),
        Patient = TimeSpan.FromSeconds(0.25),
        Recovery = TimeSpan.FromSeconds(0.3),
        Status = "",
    };
}
