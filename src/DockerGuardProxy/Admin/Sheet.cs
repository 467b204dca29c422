using System.Text;

namespace DockerGuardProxy.Admin;

/// <summary>Text for a terminal: headings, and labels with their values in a column, folded so that no line is longer than 80.</summary>
/// <param name="colour">Whether headings may be coloured.</param>
internal sealed class Sheet(bool colour)
{
    /// <summary>The longest line.</summary>
    public const int Width = 80;

    private const int Column = 16;

    private readonly StringBuilder _text = new();

    /// <summary>A line from the margin.</summary>
    /// <param name="text">What it says.</param>
    /// <param name="sgr">Colour by ECMA-48, such as <c>1;31</c>; it stands only where colour is wanted.</param>
    public void Heading(string text, string? sgr = null)
    {
        var paint = colour && sgr is not null;
        if (paint)
            _text.Append("\e[").Append(sgr).Append('m');
        Fold(text, 0, 2);
        if (paint)
            _text.Insert(_text.Length - 1, "\e[0m");
    }

    /// <summary>A label and its value.</summary>
    public void Row(string label, string value)
    {
        _text.Append("  ").Append(label.PadRight(Column - 3)).Append(' ');
        Fold(value, Column, Column);
    }

    public void Blank() => _text.Append('\n');

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    // Breaks at the last space that fits, and within a word where there is none, such as in a path.
    private void Fold(string text, int start, int indent)
    {
        var rest = text.AsSpan();
        var room = Width - start;
        while (rest.Length > room)
        {
            var space = rest[..(room + 1)].LastIndexOf(' ');
            var end = space > 0 ? space : room;
            _text.Append(rest[..end]).Append('\n').Append(' ', indent);
            rest = rest[(space > 0 ? end + 1 : end)..];
            room = Width - indent;
        }

        _text.Append(rest).Append('\n');
    }
}
