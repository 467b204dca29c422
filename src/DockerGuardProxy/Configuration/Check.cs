using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Configuration;

/// <summary>Checks of single texts: each tells what is wrong, or null. The file system is not asked; what is missing now may come.</summary>
internal static partial class Check
{
    /// <summary>sun_path has 108 bytes and ends with a zero (unix(7)).</summary>
    private const int MaxSocketPathBytes = 107;

    /// <summary>TASK_COMM_LEN has 16 bytes and ends with a zero (proc(5)).</summary>
    public const int MaxCommBytes = 15;

    /// <summary>An absolute path that fits into a socket's address.</summary>
    public static string? SocketPath(string text)
    {
        if (text.StartsWith("unix:", StringComparison.OrdinalIgnoreCase))
            return $"\"{LogText.Escape(text)}\" must be the path alone, without unix://";
        return Path(text) ?? (Encoding.UTF8.GetByteCount(text) > MaxSocketPathBytes
            ? $"is longer than the {MaxSocketPathBytes} bytes that a socket's address can hold"
            : null);
    }

    public static string? SocketPathOrNothing(string text) => text.Length == 0 ? null : SocketPath(text);

    public static string? PathOrNothing(string text) => text.Length == 0 ? null : Path(text);

    /// <summary>Octal permissions; neither set-uid, set-gid nor sticky mean anything on a socket.</summary>
    public static string? FileMode(string text) =>
        Octal().IsMatch(text) ? null : $"\"{LogText.Escape(text)}\" is not an octal mode from 0000 to 0777, such as 0660";

    /// <summary>The name of a user or group, or its number, or nothing.</summary>
    public static string? Account(string text) =>
        text.Length == 0 || AccountName().IsMatch(text) ? null : $"\"{LogText.Escape(text)}\" is no name or number of a user or group";

    /// <summary>The name of a program as the kernel keeps it.</summary>
    public static string? Comm(string text)
    {
        if (text.Length == 0 || text.Contains('\0'))
            return $"\"{LogText.Escape(text)}\" is not the name of a program";
        return Encoding.UTF8.GetByteCount(text) > MaxCommBytes
            ? $"\"{LogText.Escape(text)}\" is longer than the {MaxCommBytes} bytes of a name that the kernel keeps"
            : null;
    }

    /// <summary>IP address of this machine alone, and port: what is served there is open to whoever can connect.</summary>
    public static string? LoopbackOrNothing(string text)
    {
        if (text.Length == 0)
            return null;
        if (!IPEndPoint.TryParse(text, out var address) || address.Port == 0)
            return $"\"{LogText.Escape(text)}\" is not an IP address and port, such as 127.0.0.1:9417";
        return IPAddress.IsLoopback(address.Address) ? null : $"\"{LogText.Escape(text)}\" is not a loopback address, such as 127.0.0.1:9417";
    }

    /// <summary>An absolute URI; credentials belong into OTEL_EXPORTER_OTLP_HEADERS, which is never shown or logged.</summary>
    public static string? UriOrNothing(string text)
    {
        if (text.Length == 0)
            return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
            return $"\"{LogText.Escape(Redaction.Text(text))}\" is not an http or https URI, such as http://127.0.0.1:4317";
        return uri.UserInfo.Length > 0 ? "must not hold a user or password; use OTEL_EXPORTER_OTLP_HEADERS" : null;
    }

    /// <summary>Whether two texts name one file, links aside; <c>/var/run</c> is <c>/run</c> on every system that Docker supports.</summary>
    public static bool IsSamePath(string a, string b)
    {
        return a.Length > 0 && b.Length > 0 && Plain(a) == Plain(b);

        static string Plain(string path)
        {
            path = System.IO.Path.GetFullPath(path);
            return path.StartsWith("/var/run/", StringComparison.Ordinal) ? path["/var".Length..] : path;
        }
    }

    private static string? Path(string text)
    {
        if (!text.StartsWith('/') || text.EndsWith('/'))
            return $"\"{LogText.Escape(text)}\" is not the absolute path of a file";
        return text.Contains('\0') ? "must not hold a zero byte" : null;
    }

    [GeneratedRegex(@"^0?[0-7]{3}\z")]
    private static partial Regex Octal();

    [GeneratedRegex(@"^([A-Za-z_][A-Za-z0-9_.-]{0,31}\$?|[0-9]{1,9})\z")]
    private static partial Regex AccountName();
}
