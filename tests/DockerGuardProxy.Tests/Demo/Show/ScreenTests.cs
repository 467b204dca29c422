using DockerGuardProxy.Demo.Show;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Show;

public sealed class ScreenTests
{
    [Fact]
    public void The_first_line_that_nobody_reads_is_told()
    {
        var isClosed = false;
        using var output = new StringWriter();
        var screen = new Screen(output, isColoured: false, () => isClosed);
        screen.Line("read");
        isClosed = true;
        Assert.Throws<ClosedOutputException>(() => screen.Title("not read"));
        Assert.StartsWith("read\n", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_write_that_fails_is_told_as_what_it_is()
    {
        Assert.Throws<ClosedOutputException>(() => new Screen(new Failing(), isColoured: false, static () => true).Line("lost"));
        Assert.Throws<IOException>(() => new Screen(new Failing(), isColoured: false, static () => false).Line("lost"));
    }

    private sealed class Failing : StringWriter
    {
        public override void WriteLine(string? value) => throw new IOException("Input/output error");
    }
}
