using System.Buffers.Binary;

namespace DockerGuardProxy.Http;

/// <summary>The greeting of HTTP/2 (RFC 9113 3.4): what a client begins with, and what an engine that speaks it answers.</summary>
internal static class Http2Greeting
{
    private const int FrameHeader = 9, MaxSettings = 16 * 1024, SettingLength = 6;
    private const byte Settings = 4, Ack = 1;

    /// <summary>What a client begins with.</summary>
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>The frame that follows it, in its shortest form.</summary>
    public static ReadOnlySpan<byte> EmptySettings => [0, 0, 0, Settings, 0, 0, 0, 0, 0];

    /// <summary>Looks at what an engine has sent so far.</summary>
    public static Http2Support Look(ReadOnlySpan<byte> answer)
    {
        if (answer.Length > 3 && answer[3] != Settings) return Http2Support.None;
        if (answer.Length < FrameHeader) return Http2Support.Unknown;

        var length = (answer[0] << 16) | (answer[1] << 8) | answer[2];
        var isSettings = (answer[4] & Ack) == 0 && BinaryPrimitives.ReadInt32BigEndian(answer[5..]) == 0
            && length <= MaxSettings && length % SettingLength == 0;
        return isSettings ? Http2Support.Spoken : Http2Support.None;
    }
}
