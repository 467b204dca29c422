using System.Globalization;
using System.Text;

namespace DockerGuardProxy.Bench.Results;

/// <summary>A table of figures: a row for each thing measured, a column for each peer.</summary>
/// <param name="title">Its heading.</param>
/// <param name="note">How it was measured.</param>
/// <param name="columns">The peers, in order.</param>
internal sealed class Table(string title, string note, IReadOnlyList<string> columns)
{
    private readonly List<string> _rows = [];
    private readonly Dictionary<(string Row, string Column), Figure> _figures = [];

    /// <summary>Columns that ours is compared with.</summary>
    public IReadOnlyList<string> ComparedWith { get; init; } = [];

    public string Own { get; init; } = "";

    public void Add(string row, string column, double value)
    {
        if (!_rows.Contains(row)) _rows.Add(row);
        if (!_figures.TryGetValue((row, column), out var figure)) _figures[(row, column)] = figure = new Figure();
        figure.Add(value);
    }

    /// <summary>As Markdown.</summary>
    public string Write()
    {
        var text = new StringBuilder($"## {title}\n\n{note}\n\n| |");
        foreach (var column in columns) text.Append(CultureInfo.InvariantCulture, $" {column} |");
        foreach (var other in ComparedWith) text.Append(CultureInfo.InvariantCulture, $" ratio to {other} |");
        text.Append("\n|---|").Insert(text.Length, "---:|", columns.Count + ComparedWith.Count).Append('\n');
        foreach (var row in _rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {row} |");
            foreach (var column in columns)
                text.Append(CultureInfo.InvariantCulture, $" {(_figures.TryGetValue((row, column), out var figure) ? figure : "")} |");
            foreach (var other in ComparedWith) text.Append(CultureInfo.InvariantCulture, $" {Ratio(row, other)} |");
            text.Append('\n');
        }

        return text.Append('\n').ToString();
    }

    private string Ratio(string row, string other) =>
        _figures.TryGetValue((row, Own), out var own) && _figures.TryGetValue((row, other), out var figure)
            ? (own.Median / figure.Median).ToString("0.00", CultureInfo.InvariantCulture)
            : "";
}
