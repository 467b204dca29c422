using System.Buffers;

namespace DockerGuardProxy.Calls;

/// <summary>
/// What a Content-Type means for <c>Request.ParseForm</c>, by Go's <c>mime.ParseMediaType</c>.
/// </summary>
/// <param name="IsForm">The body is read as a urlencoded form.</param>
/// <param name="IsFaulty">
/// It ends in an error. moby's <c>httputils.ParseForm</c> overlooks those, and because only the first error counts, every
/// fault of body and query with it.
/// </param>
internal readonly record struct FormMediaType(bool IsForm, bool IsFaulty)
{
    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create([.. Enumerable.Range(0x21, 0x7f - 0x21).Select(c => (char)c).Except("()<>@,;:\\\"/[]?=")]);

    /// <summary>Reads the first Content-Type header of a POST.</summary>
    /// <param name="contentType">Its value; absent and empty are no form and no fault.</param>
    /// <param name="rules">A parameter given twice is always a fault before <see cref="GoRules.New"/>.</param>
    public static FormMediaType Read(string? contentType, GoRules rules)
    {
        if (string.IsNullOrEmpty(contentType))
        {
            return new(false, false);
        }

        var text = contentType.AsSpan();
        var end = text.IndexOf(';');
        var type = (end < 0 ? text : text[..end]).Trim();
        if (!IsType(type))
        {
            return new(false, true);
        }

        var isForm = System.Text.Ascii.EqualsIgnoreCase(type, "application/x-www-form-urlencoded");
        if (end < 0)
        {
            return new(isForm, false);
        }

        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (text = text[end..].TrimStart(); !text.IsEmpty; text = text.TrimStart())
        {
            if (!TryParameter(ref text, out var name, out var value))
            {
                // A last semicolon is no fault.
                return new(isForm, !text.TrimEnd().SequenceEqual(";"));
            }

            if (!seen.TryAdd(name, value) && (rules < GoRules.New || seen[name] != value))
            {
                return new(false, true);
            }
        }

        return new(isForm, false);
    }

    private static bool IsType(ReadOnlySpan<char> type)
    {
        var token = Token(type);
        if (token == 0 || token == type.Length)
        {
            return token > 0;
        }

        var subtype = type[(token + 1)..];
        return type[token] == '/' && !subtype.IsEmpty && Token(subtype) == subtype.Length;
    }

    private static bool TryParameter(ref ReadOnlySpan<char> text, out string name, out string value)
    {
        name = value = "";
        if (text is not [';', ..])
        {
            return false;
        }

        var rest = text[1..].TrimStart();
        var length = Token(rest);
        var after = rest[length..].TrimStart();
        if (length == 0 || after is not ['=', ..])
        {
            return false;
        }

        name = rest[..length].ToString();
        after = after[1..].TrimStart();
        length = after is ['"', ..] ? Quoted(after) : Token(after);
        if (length == 0)
        {
            return false;
        }

        // Escapes stay in: they matter only to tell whether two values are the same.
        value = after[..length].ToString();
        text = after[length..];
        return true;
    }

    /// <summary>The length of a quoted string with its quotes, 0 if it has no end.</summary>
    private static int Quoted(ReadOnlySpan<char> text)
    {
        for (var i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"':
                    return i + 1;
                case '\r' or '\n':
                    return 0;
                case '\\' when i + 1 < text.Length && text[i + 1] is > ' ' and < '\x7f' && !TokenChars.Contains(text[i + 1]):
                    i++;
                    break;
            }
        }

        return 0;
    }

    private static int Token(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExcept(TokenChars);
        return end < 0 ? text.Length : end;
    }
}
