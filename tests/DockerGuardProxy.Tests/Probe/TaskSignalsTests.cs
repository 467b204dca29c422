using System.Text;
using DockerGuardProxy.Probe;
using Xunit;

namespace DockerGuardProxy.Tests.Probe;

public sealed class TaskSignalsTests
{
    [Theory]
    [InlineData("0000000000000100", "0000000000000000", true)]
    [InlineData("0000000000000000", "0000000000000100", true)]
    [InlineData("0000000000000000", "0000000000004102", true)]
    [InlineData("0000000000000000", "0000000000004000", false)]
    [InlineData("0000000100000000", "fffffffffffffeff", false)]
    public void SIGKILL_pending_is_one_bit_of_either_mask(string sigPnd, string shdPnd, bool pending)
    {
        Assert.True(Parse(sigPnd, shdPnd, out var status));
        Assert.Equal(new TaskSignals(pending, 7, 1, true), status);
    }

    [Theory]
    [InlineData("xyz", "0000000000000000")]
    [InlineData("", "0000000000000000")]
    public void Refuses_a_mask_that_is_none(string sigPnd, string shdPnd) => Assert.False(Parse(sigPnd, shdPnd, out _));

    [Fact]
    public void Refuses_a_text_that_lacks_a_line()
    {
        Assert.False(TaskSignals.TryParse("SigPnd:\t0000000000000000\nShdPnd:\t0000000000000000\nvoluntary_ctxt_switches:\t1\n"u8, out _));
        Assert.False(TaskSignals.TryParse(""u8, out _));
    }

    [Fact]
    public void An_old_kernel_has_no_NSpid()
    {
        Assert.True(TaskSignals.TryParse(
            "SigPnd:\t0000000000000000\nShdPnd:\t0000000000000000\nvoluntary_ctxt_switches:\t1\nnonvoluntary_ctxt_switches:\t2\n"u8,
            out var status));
        Assert.Equal(new TaskSignals(false, 3, null, false), status);
    }

    private static bool Parse(string sigPnd, string shdPnd, out TaskSignals status) => TaskSignals.TryParse(
        Encoding.ASCII.GetBytes(
            $"Name:\tSigPnd\nNSpid:\t17760\t1\nSigPnd:\t{sigPnd}\nShdPnd:\t{shdPnd}\nvoluntary_ctxt_switches:\t4\nnonvoluntary_ctxt_switches:\t3\n"),
        out status);
}
