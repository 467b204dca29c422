using System.Text.RegularExpressions;

namespace DockerGuardProxy.EngineTests.Transparency.Raw;

/// <summary>
/// What still differs from the engine's own socket, and why. None of it can be seen by a client that speaks HTTP correctly.
/// A case that is not named here must be the same to the byte.
/// </summary>
internal static partial class KnownDifferences
{
    /// <summary>The engine's net/http takes it, our server's parser refuses it by 400 (505 for the version) and closes.</summary>
    private static readonly HashSet<string> RefusedHere =
    [
        "bad input: version 1.2",
        "bad input: an empty header name",
        "bad input: a folded header",
        "bad input: the same length twice",
        "CONNECT",
        "GET /containers/%00/json",
        "POST /containers/%00/json",
        "GET HTTP://DOCKER/_ping",
        "GET *",
        "GET docker:80",
    ];

    /// <summary>The engine's net/http refuses it, our server's parser takes it; what reaches the engine is framed anew and clean.</summary>
    private static readonly HashSet<string> TakenHere = ["bad input: a length with a plus", "empty lines before the request"];

    /// <summary>Both refuse and close; status text and body are the parser's own words.</summary>
    private static readonly HashSet<string> OwnWords =
    [
        "Host: missing", "Host: a path", "Host: two", "Host: with a space", "HTTP/1.0, Host: a path", "HTTP/1.0, Host: two",
        "HTTP/1.0, Host: with a space", "HTTP/1.0, Host: with an at sign", "HTTP/1.0, Host: not ASCII",
    ];

    /// <summary>The engine answers as to a body that broke off, since a body that is wrong is not passed on beyond the fault.</summary>
    private static readonly HashSet<string> BodyBrokenOff =
    [
        "bad input: a bad chunk size", "bad input: a chunk longer than said",
        // The engine itself says now this, now "invalid Read on closed Body".
        "bad input: chunks that end too early",
    ];

    /// <summary>True if this is a difference known of <paramref name="name"/>.</summary>
    public static bool Explain(string name, string direct, string proxied)
    {
        var there = Status(direct);
        var here = Status(proxied);
        if (RefusedHere.Contains(name))
            return here is 400 or 505 && Closed(proxied);
        if (TakenHere.Contains(name))
            return there is 400 && here is > 0;
        if (OwnWords.Contains(name) || name.StartsWith("bad input:", StringComparison.Ordinal))
        {
            if (there >= 400 && here is (>= 400 and < 500) or 505 && Closed(direct) && Closed(proxied))
                return true;
        }

        return name switch
        {
            // Both at once is how requests are smuggled: we take the chunks, as the engine does, and close after the answer.
            "bad input: length and chunks" => here == there && Closed(proxied),
            _ => BodyBrokenOff.Contains(name) && here == there && proxied.Contains("unexpected EOF", StringComparison.Ordinal),
        };
    }

    private static bool Closed(string transcript) => transcript.TrimEnd().EndsWith("# closed", StringComparison.Ordinal);

    private static int Status(string transcript) =>
        StatusLine().Match(transcript) is { Success: true } match
            ? int.Parse(match.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture)
            : 0;

    [GeneratedRegex(@"^HTTP/1\.[01] (\d{3})")]
    private static partial Regex StatusLine();
}
