namespace DockerGuardProxy.EngineTests.Http2;

/// <summary>Frames of HTTP/2 (RFC 9113 4.1) as text; chars stand for bytes (Latin-1).</summary>
internal static class Http2Frames
{
    public const string Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Settings = "\0\0\0\u0004\0\0\0\0\0";
    public const int Data = 0, Headers = 1, RstStream = 3, Ping = 6, Continuation = 9;
    public const int EndStream = 1, EndHeaders = 4;

    public static string Frame(int type, int flags, int stream, string payload) => string.Concat(
        $"\0{(char)(payload.Length >> 8)}{(char)(payload.Length & 255)}{(char)type}{(char)flags}",
        $"\0{(char)(stream >> 16)}{(char)((stream >> 8) & 255)}{(char)(stream & 255)}",
        payload);

    /// <summary>A field that no table keeps (RFC 7541 6.2.2).</summary>
    public static string Field(string name, string value) => $"\0{Literal(name)}{Literal(value)}";

    private static string Literal(string text) => text.Length < 127
        ? $"{(char)text.Length}{text}"
        : $"\u007f{(char)(((text.Length - 127) & 127) | 128)}{(char)((text.Length - 127) >> 7)}{text}";
}
