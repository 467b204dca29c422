using System.Buffers;
using System.Text;

namespace DockerGuardProxy.Calls;

/// <summary>
/// The path of a call as dockerd's router sees it: decoded (gorilla/mux without <c>UseEncodedPath</c>), behind an API version or not
/// (<c>versionMatcher</c> in moby's <c>api/server/server.go</c>: <c>/v{version:[0-9.]+}</c>).
/// </summary>
internal readonly ref struct RoutePath
{
    /// <summary>Bytes that serve for every usual path.</summary>
    public const int Room = 512;

    private static readonly SearchValues<byte> VersionChars = SearchValues.Create("0123456789."u8);

    private RoutePath(ReadOnlySpan<byte> path, bool isPlain)
    {
        Whole = Route = path;
        IsPlain = isPlain;
        if (!path.StartsWith("/v"u8)) return;
        var end = path[2..].IndexOfAnyExcept(VersionChars);
        if (end <= 0) return;
        Version = path.Slice(2, end);
        Route = path[(end + 2)..];
    }

    /// <summary>All of it; empty where the engine answers 400, or there is no path.</summary>
    public ReadOnlySpan<byte> Whole { get; }

    /// <summary>The API version, such as <c>1.41</c>; empty where there is none.</summary>
    public ReadOnlySpan<byte> Version { get; }

    /// <summary>What follows the version.</summary>
    public ReadOnlySpan<byte> Route { get; }

    /// <summary>Whether it came as it is: nothing in it was escaped.</summary>
    public bool IsPlain { get; }

    /// <summary>Decodes a path.</summary>
    /// <param name="text">As in <see cref="RequestTarget.Path"/>.</param>
    /// <param name="buffer"><see cref="Room"/> bytes for the path; a longer one is read as well.</param>
    public static RoutePath Of(ReadOnlySpan<char> text, Span<byte> buffer)
    {
        var room = Ascii.IsValid(text) ? text.Length : RequestTarget.MaxBytes(text);
        if (room > buffer.Length) buffer = new byte[room];
        return Decode(buffer[..RequestTarget.CopyBytes(text, buffer)]);
    }

    /// <summary>Decodes a path of ASCII. Nothing is copied unless there is an escape in it.</summary>
    /// <param name="text">The path.</param>
    /// <param name="buffer">As above.</param>
    public static RoutePath Of(ReadOnlySpan<byte> text, Span<byte> buffer)
    {
        if (!text.Contains((byte)'%')) return new(text, isPlain: true);
        if (text.Length > buffer.Length) buffer = new byte[text.Length];
        text.CopyTo(buffer);
        return Decode(buffer[..text.Length]);
    }

    /// <summary>False for a path that mux's <c>cleanPath</c> would change, and which it redirects (301); a slash at the end stays.</summary>
    public bool IsClean()
    {
        for (var path = Whole[1..]; ;)
        {
            var slash = path.IndexOf((byte)'/');
            var segment = slash < 0 ? path : path[..slash];
            if ((segment.IsEmpty && slash >= 0) || segment.SequenceEqual("."u8) || segment.SequenceEqual(".."u8)) return false;
            if (slash < 0) return true;
            path = path[(slash + 1)..];
        }
    }

    private static RoutePath Decode(Span<byte> text)
    {
        if (!text.Contains((byte)'%')) return new(text, isPlain: true);
        return PercentEncoding.IsValid(text) ? new(text[..PercentEncoding.Decode(text, plusIsSpace: false)], isPlain: false) : default;
    }
}
