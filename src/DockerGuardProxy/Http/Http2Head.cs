using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace DockerGuardProxy.Http;

/// <summary>
/// What a head in HTTP/2 may hold that one in HTTP/1.1 can't. A terminating call goes on in HTTP/1.1, where a line end in a name, a value or the
/// target would be the beginning of a call that nobody has looked at.
/// </summary>
internal static class Http2Head
{
    /// <summary>Of a field's name (RFC 9110 5.6.2).</summary>
    private static readonly SearchValues<char> NameChars =
        SearchValues.Create("!#$%&'*+-.0123456789^_`abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ|~");

    private static readonly SearchValues<char> Controls = Create(Enumerable.Range(0, 0x20).Append(0x7F));

    private static readonly SearchValues<char> Visible = Create(Enumerable.Range(0x21, 0x7F - 0x21));

    /// <summary>True if net/http takes such a head; of others it resets the stream (http2 serverConn.processHeaders).</summary>
    /// <param name="target">As it came.</param>
    /// <param name="headers">Its fields.</param>
    /// <param name="length">What a sound one holds, in characters.</param>
    public static bool IsSound(string target, IHeaderDictionary headers, out int length)
    {
        length = target.Length;
        if (target.AsSpan().ContainsAny(Controls)) return false;
        foreach (var (name, values) in headers)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(NameChars)) return false;
            foreach (var value in values)
            {
                if (value.AsSpan().ContainsAny('\r', '\n', '\0')) return false;
                length += name.Length + value.AsSpan().Length;
            }
        }

        return true;
    }

    /// <summary>
    /// The target as it is sent, or null for as it came: what is no visible ASCII goes percent-encoded, which the engine decodes alike.
    /// SocketsHttpHandler can send nothing else, and would leave out a space at the end.
    /// </summary>
    public static string? Encode(string target)
    {
        if (!target.AsSpan().ContainsAnyExcept(Visible)) return null;
        var encoded = new StringBuilder(target.Length + 16);
        foreach (var c in target)
        {
            if (Visible.Contains(c)) encoded.Append(c);
            else encoded.Append(CultureInfo.InvariantCulture, $"%{(int)c:X2}");
        }

        return encoded.ToString();
    }

    private static SearchValues<char> Create(IEnumerable<int> codes) => SearchValues.Create(string.Concat(codes.Select(code => (char)code)));
}
