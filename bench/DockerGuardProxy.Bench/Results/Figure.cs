using System.Globalization;

namespace DockerGuardProxy.Bench.Results;

/// <summary>The values of all rounds of one peer in one row.</summary>
internal sealed class Figure
{
    private readonly List<double> _values = [];

    /// <summary>The median, which one disturbed round does not move.</summary>
    public double Median
    {
        get
        {
            var sorted = _values.Order().ToArray();
            var middle = sorted.Length / 2;
            return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        }
    }

    public void Add(double value) => _values.Add(value);

    /// <summary>The median and, of more than one round, the least and the most.</summary>
    public override string ToString() =>
        _values.Count == 1 ? Number(_values[0]) : $"{Number(Median)} ({Number(_values.Min())}..{Number(_values.Max())})";

    /// <summary>Three significant digits, which is more than such a measurement holds.</summary>
    private static string Number(double value) => value switch
    {
        >= 1000 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
