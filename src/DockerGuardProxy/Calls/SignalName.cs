using System.Collections.Frozen;
using System.Globalization;

namespace DockerGuardProxy.Calls;

/// <summary>
/// Signals as dockerd reads them (moby <c>pkg/signal</c>, later <c>moby/sys/signal</c>: <c>ParseSignal</c>, the same in all
/// versions): a number as Atoi takes it, or a name in any case, with or without <c>SIG</c>.
/// </summary>
internal static class SignalName
{
    /// <summary>SIGKILL.</summary>
    public const string Kill = "KILL";

    private const int RtMin = 34;
    private const int RtMax = 64;

    private static readonly FrozenDictionary<string, int> Numbers = MakeNumbers();

    // Two names have two spellings; the one kept is that of signal(7).
    private static readonly FrozenDictionary<long, string> Names =
        Numbers.Where(pair => pair.Key is not ("CLD" or "IOT" or "POLL")).ToFrozenDictionary(pair => (long)pair.Value, pair => pair.Key);

    /// <summary>The number of a signal; false where the engine says <c>invalid signal</c>. Not every number is a signal.</summary>
    public static bool TryParse(string text, out long number)
    {
        if (GoNumber.TryParse(text, out number))
        {
            return number != 0;
        }

        var name = string.Create(text.Length, text, static (upper, given) =>
        {
            for (var i = 0; i < upper.Length; i++)
            {
                upper[i] = ToUpper(given[i]);
            }
        });
        var found = Numbers.TryGetValue(name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name, out var known);
        number = known;
        return found;
    }

    /// <summary>
    /// One spelling per signal, upper case and without <c>SIG</c>; a number as text where it has no name; null where the
    /// engine says <c>invalid signal</c>.
    /// </summary>
    public static string? Normalize(string text) => TryParse(text, out var number) ? Of(number) : null;

    /// <summary>The spelling of a number; the engine hands its low 32 bits to containerd.</summary>
    public static string Of(long number)
    {
        var sent = unchecked((uint)number);
        return Names.TryGetValue(sent, out var name) ? name : sent.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Go's <c>unicode.ToUpper</c> as far as it can end in ASCII: besides a to z only U+0131 and U+017F do, which .NET's
    /// own invariant casing leaves alone.
    /// </summary>
    private static char ToUpper(char given) => given switch
    {
        >= 'a' and <= 'z' => (char)(given - 32),
        '\u0131' => 'I',
        '\u017F' => 'S',
        _ => given,
    };

    private static FrozenDictionary<string, int> MakeNumbers()
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal)
        {
            ["HUP"] = 1, ["INT"] = 2, ["QUIT"] = 3, ["ILL"] = 4, ["TRAP"] = 5, ["ABRT"] = 6, ["IOT"] = 6, ["BUS"] = 7,
            ["FPE"] = 8, [Kill] = 9, ["USR1"] = 10, ["SEGV"] = 11, ["USR2"] = 12, ["PIPE"] = 13, ["ALRM"] = 14,
            ["TERM"] = 15, ["STKFLT"] = 16, ["CHLD"] = 17, ["CLD"] = 17, ["CONT"] = 18, ["STOP"] = 19, ["TSTP"] = 20,
            ["TTIN"] = 21, ["TTOU"] = 22, ["URG"] = 23, ["XCPU"] = 24, ["XFSZ"] = 25, ["VTALRM"] = 26, ["PROF"] = 27,
            ["WINCH"] = 28, ["IO"] = 29, ["POLL"] = 29, ["PWR"] = 30, ["SYS"] = 31, ["RTMIN"] = RtMin, ["RTMAX"] = RtMax,
        };
        for (var i = 1; i <= 15; i++)
        {
            numbers[string.Create(CultureInfo.InvariantCulture, $"RTMIN+{i}")] = RtMin + i;
        }

        for (var i = 1; i <= 14; i++)
        {
            numbers[string.Create(CultureInfo.InvariantCulture, $"RTMAX-{i}")] = RtMax - i;
        }

        return numbers.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
