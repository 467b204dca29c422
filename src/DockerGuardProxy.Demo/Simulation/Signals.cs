using System.Globalization;

namespace DockerGuardProxy.Demo.Simulation;

/// <summary>Names and numbers of signals (moby pkg/signal).</summary>
internal static class Signals
{
    public const int Kill = 9;

    public const int Term = 15;

    // Linux on x86 and Arm, from 1.
    private static readonly string[] Names =
    [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD",
        "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>A number, or a name with or without SIG, in any case.</summary>
    /// <exception cref="EngineException">400 for anything else.</exception>
    public static int Parse(string text)
    {
        if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return number is > 0 and <= 64 ? number : throw Invalid(text);

        var name = text.ToUpperInvariant();
        if (name.StartsWith("SIG", StringComparison.Ordinal)) name = name[3..];
        var index = Array.IndexOf(Names, name);
        return index >= 0 ? index + 1 : throw Invalid(text);
    }

    private static EngineException Invalid(string text) => new(400, $"Invalid signal: {text}");
}
