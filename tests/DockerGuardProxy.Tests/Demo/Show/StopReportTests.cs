using DockerGuardProxy.Demo.Show;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Show;

public sealed class StopReportTests
{
    [Fact]
    public void The_table_has_both_halves_side_by_side()
    {
        var lines = StopReport.Lines(Halves.Direct, Halves.Guarded).ToArray();
        Assert.Contains($"{"stops that reached the engine",-42}{"1,000",12}{"1",12}", lines);
        Assert.Contains($"{"first answer after",-42}{"never",12}{"2.50 s",12}", lines);
        Assert.Contains(lines, static line => line.EndsWith(" 61.5 MiB     0.1 MiB", StringComparison.Ordinal));
    }

    [Fact]
    public void A_call_without_an_answer_is_told_as_one() => Assert.Contains(
        $"{"list of containers meanwhile",-42}{"no answer",12}{"2 ms",12}", StopReport.Lines(Halves.Direct with { List = null }, Halves.Guarded));

    [Fact]
    public void The_refusal_and_the_status_are_shown_whole()
    {
        var text = string.Join('\n', StopReport.Lines(Halves.Direct, Halves.Guarded));
        Assert.Contains("What callers read (2 of 3 refusals, byte for byte the same):\n  it is stuck\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\n  one\n  two", text, StringComparison.Ordinal);
    }

    [Fact]
    public void One_line_says_it_all() => Assert.Equal(
        "1,000 stops that SIGKILL can't carry out: 1,000 of them open in the engine directly, 1 guarded",
        StopReport.Sentence(Halves.Direct, Halves.Guarded));

    [Fact]
    public void Without_refusal_and_status_nothing_is_said_of_them() =>
        Assert.DoesNotContain(
            StopReport.Lines(Halves.Direct, Halves.Direct),
            static line => line.StartsWith("What", StringComparison.Ordinal) || line.Contains("status", StringComparison.Ordinal));
}
