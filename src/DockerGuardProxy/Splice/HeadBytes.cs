using System.Buffers;
using System.Text;

namespace DockerGuardProxy.Splice;

/// <summary>Which bytes may stand where in a head.</summary>
internal static class HeadBytes
{
    /// <summary>Bytes of a token: methods and names of fields (RFC 9110 5.6.2).</summary>
    private static readonly SearchValues<byte> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Bytes of a Host that net/http takes (httpguts.ValidHostHeader). An empty one is valid there and here.</summary>
    private static readonly SearchValues<byte> Host =
        SearchValues.Create("!$%&'()*+,-.:;=[]_~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Control bytes without HTAB. Bytes above ASCII are obs-text (RFC 9110 5.5), which net/http and Kestrel take alike.</summary>
    private static readonly SearchValues<byte> Control = SearchValues.Create(
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 0x7F]);

    /// <summary>True for a token.</summary>
    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(Token);

    /// <summary>True for a byte of a token.</summary>
    public static bool IsOfToken(byte b) => Token.Contains(b);

    /// <summary>True for a value of Host that net/http takes.</summary>
    public static bool IsHost(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(Host);

    /// <summary>True if the text has no control byte but HTAB.</summary>
    public static bool IsFieldValue(ReadOnlySpan<byte> text) => !text.ContainsAny(Control);

    /// <summary>True if a byte is no control byte, or HTAB.</summary>
    public static bool IsOfFieldValue(byte b) => !Control.Contains(b);

    /// <summary>True if the text has nothing but visible ASCII.</summary>
    public static bool IsVisibleAscii(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)'!', (byte)'~');

    /// <summary>Compares a name or a value that is blind to case.</summary>
    public static bool Same(ReadOnlySpan<byte> text, ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(text, word);
}
