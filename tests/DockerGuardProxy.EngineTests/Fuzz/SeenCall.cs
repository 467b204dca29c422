using System.Globalization;

namespace DockerGuardProxy.EngineTests.Fuzz;

/// <summary>A call as the Go engine read it (tests/fuzz/engine/main.go).</summary>
internal sealed record SeenCall(string Method, int Length, uint Hash, string State, bool Ends, string Target, bool Closes)
{
    private const string Field = "\r\nSeen: ";

    /// <summary>Reads the head of an answer; null where net/http answered by itself.</summary>
    /// <param name="head">The head.</param>
    /// <param name="closes">True if the engine closes the connection after the answer.</param>
    public static SeenCall? Read(string head, bool closes)
    {
        var start = head.IndexOf(Field, StringComparison.Ordinal);
        if (start < 0) return null;

        start += Field.Length;
        var words = head[start..head.IndexOf('\r', start)].Split(' ', 6);
        return new(
            words[0],
            int.Parse(words[1], CultureInfo.InvariantCulture),
            uint.Parse(words[2], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            words[3],
            words[4] == "ends",
            words.Length > 5 ? words[5] : "", // of CONNECT, whose target may be empty
            closes);
    }

    /// <summary>The method in the head of an answer, by which its end is found; GET where it does not say.</summary>
    public static string MethodIn(string head) => Read(head, false)?.Method ?? "GET";

    /// <summary>FNV-1a.</summary>
    public static uint HashOf(ReadOnlySpan<byte> bytes)
    {
        var hash = 2166136261;
        foreach (var b in bytes) hash = (hash ^ b) * 16777619;
        return hash;
    }
}
