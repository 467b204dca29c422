using System.Globalization;
using System.Text.RegularExpressions;
using DockerGuardProxy.Campaign.Chaos;

namespace DockerGuardProxy.Campaign.Check;

/// <summary>Which lines of the proxy's log are faults; pure.</summary>
internal static partial class LogRules
{
    /// <summary>The event of a line at error or critical; null for any other line.</summary>
    public static int? Fault(string line) =>
        Level().Match(line) is { Success: true } match ? int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture) : null;

    /// <summary>Whether chaos explains an event.</summary>
    public static bool IsExplained(int id, IReadOnlyCollection<ChaosKind> chaos) => chaos.Any(kind => kind switch
    {
        ChaosKind.ConfigurationBroken => id is 1004 or 1005 or 1006,
        // The state can't be kept.
        ChaosKind.StateFull or ChaosKind.StateReadOnly => id is 1503,
        // Three crashes: the guard only observes until the reload that follows.
        ChaosKind.ProxyKilled => id is 1017,
        // What it looks at is opened anew each time.
        ChaosKind.FewDescriptors => id is 1206 or 1503 or 1900,
        _ => false,
    });

    // As the console formatter of Microsoft.Extensions.Logging writes a line; anything that .NET itself writes on its way out begins otherwise.
    [GeneratedRegex(@"^(?:fail|crit): [^\[]*\[(\d+)\]")]
    private static partial Regex Level();
}
