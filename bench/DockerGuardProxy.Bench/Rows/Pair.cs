using DockerGuardProxy.Bench.Results;

namespace DockerGuardProxy.Bench.Rows;

/// <summary>Two ways to run the same, which differ by a few per cent: measured in turn, every round beginning with the other one.</summary>
/// <param name="Without">The column of the first.</param>
/// <param name="With">The column of the second.</param>
internal sealed record Pair(string Without, string With)
{
    private const string Ratio = "ratio";

    /// <summary>A table of both, and of the second in relation to the first, round by round.</summary>
    public Table Table(string title, string note) => Tables.OfOne(title, note, Without, With, Ratio);

    /// <summary>Adds a row.</summary>
    public void Measure(Table table, string row, int rounds, Func<double> without, Func<double> with)
    {
        for (var round = 0; round < rounds; round++)
        {
            double first = 0, second = 0;
            foreach (var isFirst in new[] { true, false })
            {
                if (isFirst == (round % 2 == 0)) first = without();
                else second = with();
            }

            table.Add(row, Without, first);
            table.Add(row, With, second);
            table.Add(row, Ratio, second / first);
        }
    }
}
