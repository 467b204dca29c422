using System.Buffers;
using System.Text;

namespace DockerGuardProxy.Calls;

/// <summary>
/// A request target cut as Go's <c>url.ParseRequestURI</c> cuts it: origin form, or absolute form with any scheme. A
/// <c>#</c> is nothing special. Nothing is copied.
/// </summary>
internal readonly ref struct RequestTarget
{
    // What may stand in a scheme. Go also refuses a scheme that begins with no letter.
    private static readonly SearchValues<char> SchemeChars =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");

    // Go refuses them anywhere in a URL (since 1.12).
    private static readonly SearchValues<char> Controls =
        SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(c => (char)c), '\x7f']);

    private RequestTarget(ReadOnlySpan<char> path, ReadOnlySpan<char> query)
    {
        Path = path;
        Query = query;
    }

    /// <summary>The path, still encoded; it begins with a slash.</summary>
    public ReadOnlySpan<char> Path { get; }

    /// <summary>What follows the first <c>?</c>, still encoded.</summary>
    public ReadOnlySpan<char> Query { get; }

    /// <summary>
    /// False where the engine answers 400, and for targets with no path of their own (<c>*</c>, <c>mailto:x</c>), which it
    /// redirects. An ill-formed authority is not looked at: both servers answer it with 400 before any routing.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<char> raw, out RequestTarget target)
    {
        target = default;
        if (raw.ContainsAny(Controls))
        {
            return false;
        }

        var rest = raw;
        var scheme = raw is ['/', ..] ? -1 : raw.IndexOfAnyExcept(SchemeChars);
        var hasScheme = scheme > 0 && raw[scheme] == ':' && char.IsAsciiLetter(raw[0]);
        if (hasScheme)
        {
            rest = raw[(scheme + 1)..];
        }

        var mark = rest.IndexOf('?');
        var path = mark < 0 ? rest : rest[..mark];
        var query = mark < 0 ? default : rest[(mark + 1)..];
        if (hasScheme && path.StartsWith("//"))
        {
            var slash = path[2..].IndexOf('/');
            path = slash < 0 ? default : path[(slash + 2)..];
        }

        if (path is not ['/', ..])
        {
            return false;
        }

        target = new(path, query);
        return true;
    }

    /// <summary>
    /// The bytes of a part of a target: a char up to U+00FF is one byte as it came (servers read heads as Latin-1), one
    /// above it is taken as decoded UTF-8.
    /// </summary>
    /// <param name="text">The part.</param>
    /// <param name="into">At least <see cref="MaxBytes"/> long.</param>
    /// <returns>How many bytes were written.</returns>
    public static int CopyBytes(ReadOnlySpan<char> text, Span<byte> into)
    {
        // At once as far as it is ASCII.
        Ascii.FromUtf16(text, into, out var written);
        text = text[written..];
        while (!text.IsEmpty)
        {
            if (text[0] <= 0xFF)
            {
                into[written++] = (byte)text[0];
                text = text[1..];
                continue;
            }

            Rune.DecodeFromUtf16(text, out var rune, out var used);
            written += rune.EncodeToUtf8(into[written..]);
            text = text[used..];
        }

        return written;
    }

    /// <summary>The room that <see cref="CopyBytes"/> may need.</summary>
    public static int MaxBytes(ReadOnlySpan<char> text) => text.Length * 3;
}
