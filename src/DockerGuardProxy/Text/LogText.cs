using System.Globalization;
using System.Text;

namespace DockerGuardProxy.Text;

/// <summary>Makes text from a file, the environment or the kernel fit for one line of a log.</summary>
internal static class LogText
{
    private const int MaxLength = 120;

    /// <summary>
    /// Printable ASCII as it is, all else as <c>\uXXXX</c>, so that no byte of a file can move a terminal's cursor or forge a second line;
    /// cut after 120 characters.
    /// </summary>
    public static string Escape(string text) => Escape(text, MaxLength);

    /// <summary>As <see cref="Escape(string)"/> with another length, for paths and messages.</summary>
    public static string Escape(string text, int maxLength)
    {
        var result = new StringBuilder(Math.Min(text.Length, maxLength) + 3);
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, maxLength)))
        {
            if (c == '\\')
                result.Append(@"\\");
            else if (c is >= ' ' and <= '~')
                result.Append(c);
            else
                result.Append(@"\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
        }

        if (text.Length > maxLength)
            result.Append("...");
        return result.ToString();
    }
}
