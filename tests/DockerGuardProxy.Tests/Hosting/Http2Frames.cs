using System.Globalization;
using System.Text;

namespace DockerGuardProxy.Tests.Hosting;

/// <summary>Frames of HTTP/2 as Latin-1 text, for one end of a connection that is seen as bytes.</summary>
internal static class Http2Frames
{
    public const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    public const string Settings = "\0\0\0\x04\0\0\0\0\0";
    public const string SettingsAck = "\0\0\0\x04\x01\0\0\0\0";
    public const int Data = 0, Headers = 1, RstStream = 3, SettingsType = 4, Ping = 6, GoAwayType = 7, WindowUpdate = 8, Continuation = 9;

    /// <summary>A frame.</summary>
    public static string Frame(int type, int flags, int stream, string payload) =>
        $"\0{(char)(payload.Length >> 8)}{(char)(payload.Length & 255)}{(char)type}{(char)flags}\0\0{(char)(stream >> 8)}{(char)(stream & 255)}{payload}";

    /// <summary>A request without a body: literal fields, never indexed (RFC 7541 6.2.2).</summary>
    public static string Request(int stream, params (string Name, string Value)[] fields) => Frame(Headers, 5, stream, Block(fields));

    /// <summary>A POST with a body.</summary>
    public static string Post(int stream, string path, string body, params (string Name, string Value)[] fields) =>
        PostHead(stream, path, fields) + Frame(Data, 1, stream, body);

    /// <summary>The head of a POST whose body is to follow.</summary>
    public static string PostHead(int stream, string path, params (string Name, string Value)[] fields) =>
        Frame(Headers, 4, stream, Block([(":method", "POST"), (":scheme", "http"), (":authority", "docker"), (":path", path), .. fields]));

    /// <summary>The same with the usual pseudo fields.</summary>
    public static string Call(int stream, string method, string path, params (string Name, string Value)[] fields) => Request(
        stream, [(":method", method), (":scheme", "http"), (":authority", "docker"), (":path", path), .. fields]);

    /// <summary>RST_STREAM.</summary>
    public static string Reset(int stream, int code) => Frame(RstStream, 0, stream, $"\0\0\0{(char)code}");

    /// <summary>SETTINGS and WINDOW_UPDATE by which a client takes whatever comes.</summary>
    public static string EndlessWindows => Frame(SettingsType, 0, 0, "\0\u0004\x7F\xFF\xFF\xFF") + Frame(WindowUpdate, 0, 0, "\x40\0\0\0");

    /// <summary>GOAWAY: no further calls.</summary>
    public static string GoAway(int lastStream) => Frame(GoAwayType, 0, 0, $"\0\0\0{(char)lastStream}\0\0\0\0");

    /// <summary>Reads frames until one of the type comes.</summary>
    public static async Task<(int Flags, int Stream, string Payload)> UntilAsync(this RawPeer peer, int type)
    {
        while (true)
        {
            var header = await peer.TextAsync(9);
            var payload = await peer.TextAsync((header[0] << 16) | (header[1] << 8) | header[2]);
            if (header[3] == type) return (header[4], (header[7] << 8) | header[8], payload);
        }
    }

    /// <summary>Reads the next frame.</summary>
    public static async Task<(int Type, int Stream, string Payload)> FrameAsync(this RawPeer peer)
    {
        var header = await peer.TextAsync(9);
        return (header[3], (header[7] << 8) | header[8], await peer.TextAsync((header[0] << 16) | (header[1] << 8) | header[2]));
    }

    /// <summary>The error code of a RST_STREAM.</summary>
    public static int CodeOf(string payload) =>
        int.Parse(Convert.ToHexString(Encoding.Latin1.GetBytes(payload)), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string Block(IEnumerable<(string Name, string Value)> fields) =>
        string.Concat(fields.Select(field => $"\0{Literal(field.Name)}{Literal(field.Value)}"));

    private static string Literal(string text) => text.Length < 127
        ? (char)text.Length + text
        : $"\x7f{(char)(((text.Length - 127) & 127) | 128)}{(char)((text.Length - 127) >> 7)}{text}";
}
