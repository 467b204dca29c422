using System.Text.RegularExpressions;

namespace DockerGuardProxy.Configuration;

/// <summary>Takes out of a text what may be a secret, before the text leaves the machine or lands in a log.</summary>
internal static partial class Redaction
{
    /// <summary>What stands in a secret's place.</summary>
    public const string Mark = "REDACTED";

    // Of the standard variables, those that can hold no secret. Headers, certificates, keys and resource attributes can.
    private static readonly string[] OpenBeginnings = ["OTEL_BSP_", "OTEL_METRIC_EXPORT_"];
    private static readonly string[] OpenEnds = ["_PROTOCOL", "_TIMEOUT", "_COMPRESSION", "_INSECURE", "OTEL_SDK_DISABLED"];

    /// <summary>Scheme, host and port of a URI. Some services want their key in the path or in the query.</summary>
    public static string Endpoint(string text)
    {
        if (text.Length == 0)
            return text;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            return Mark;
        var origin = uri.GetComponents(UriComponents.Scheme | UriComponents.HostAndPort, UriFormat.UriEscaped);
        return uri is { PathAndQuery: "/" or "", Fragment: "" } ? origin : $"{origin}/{Mark}";
    }

    /// <summary>Any text, with users, passwords and queries of the URIs in it taken out.</summary>
    public static string Text(string text) => Query().Replace(UserInfo().Replace(text, $"$1{Mark}@"), $"$1?{Mark}");

    /// <summary>The value of an environment variable, as far as its name says that it may be shown.</summary>
    public static string Variable(string name, string value)
    {
        if (name.EndsWith("_ENDPOINT", StringComparison.Ordinal) || name.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase))
            return Endpoint(value);
        var isOpen = OpenBeginnings.Any(beginning => name.StartsWith(beginning, StringComparison.Ordinal))
            || OpenEnds.Any(end => name.EndsWith(end, StringComparison.Ordinal));
        return isOpen ? Text(value) : Mark;
    }

    [GeneratedRegex(@"([a-zA-Z][a-zA-Z0-9+.-]*://)[^\s/""@]*@")]
    private static partial Regex UserInfo();

    [GeneratedRegex(@"([a-zA-Z][a-zA-Z0-9+.-]*://[^\s?""]*)\?[^\s""]*")]
    private static partial Regex Query();
}
