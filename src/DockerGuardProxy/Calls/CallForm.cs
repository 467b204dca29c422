using System.Text;

namespace DockerGuardProxy.Calls;

/// <summary>
/// The fields of a call's form that matter here, as Go's <c>url.ParseQuery</c> reads them. The first value of a key counts,
/// an empty one too; so the body, which comes first in <c>Request.Form</c>, is read before the query.
/// </summary>
internal struct CallForm
{
    private const int MaxPairs = 10_000;

    public string? Timeout;
    public string? Signal;
    public string? Force;
    public string? Link;

    /// <summary>
    /// Reads one source. False if Go would report an error; it keeps the good pairs even then, which counts where the
    /// engine overlooks the error.
    /// </summary>
    public bool Read(ReadOnlySpan<byte> text, GoRules rules)
    {
        if (rules >= GoRules.Newest && IsLong(text))
        {
            return false;
        }

        var good = true;
        while (!text.IsEmpty)
        {
            var end = rules == GoRules.Old ? text.IndexOfAny((byte)'&', (byte)';') : text.IndexOf((byte)'&');
            var pair = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (pair.IsEmpty)
            {
                continue;
            }

            var equals = pair.IndexOf((byte)'=');
            var key = equals < 0 ? pair : pair[..equals];
            var value = equals < 0 ? default : pair[(equals + 1)..];
            if ((rules != GoRules.Old && pair.Contains((byte)';')) || !PercentEncoding.IsValid(key) || !PercentEncoding.IsValid(value))
            {
                good = false;
                continue;
            }

            Take(key, value);
        }

        return good;
    }

    /// <summary>True for a source that <see cref="GoRules.Newest"/> reads differently.</summary>
    public static bool IsLong(ReadOnlySpan<byte> text) => text.Length >= MaxPairs && text.Count((byte)'&') >= MaxPairs;

    private void Take(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Span<byte> name = stackalloc byte["%73%69%67%6e%61%6c".Length];
        if (key.Length > name.Length)
        {
            return;
        }

        key.CopyTo(name);
        name = name[..PercentEncoding.Decode(name[..key.Length], plusIsSpace: true)];
        if (name.SequenceEqual("t"u8))
        {
            Timeout ??= Text(value);
        }
        else if (name.SequenceEqual("signal"u8))
        {
            Signal ??= Text(value);
        }
        else if (name.SequenceEqual("force"u8))
        {
            Force ??= Text(value);
        }
        else if (name.SequenceEqual("link"u8))
        {
            Link ??= Text(value);
        }
    }

    private static string Text(ReadOnlySpan<byte> value)
    {
        var copy = value.ToArray();
        return Encoding.UTF8.GetString(copy, 0, PercentEncoding.Decode(copy, plusIsSpace: true));
    }
}
