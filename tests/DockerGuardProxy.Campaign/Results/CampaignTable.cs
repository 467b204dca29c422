using System.Globalization;
using System.Text;
using DockerGuardProxy.Campaign.Chaos;
using DockerGuardProxy.Campaign.Check;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Campaign.Results;

/// <summary>Writes what a campaign has found, as Markdown.</summary>
internal static class CampaignTable
{
    /// <summary>Writes it.</summary>
    public static string Write(CampaignSettings settings, IReadOnlyList<SiteResult> sites, TimeSpan lag, Findings findings)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture,
            $"Seed {settings.Seed}, {settings.Length.TotalMinutes:0.#} minutes, {settings.Containers} containers, ")
            .Append(CultureInfo.InvariantCulture, $"at most {settings.CallsPerSecond} calls/s, {Environment.ProcessorCount} processors, ")
            .Append(Proxy.Published ? "the published file" : "the build with the JIT")
            .Append(CultureInfo.InvariantCulture, $"; the machine let a thread wait for up to {Seconds(lag)}.\n\n");

        Head(text, [
            "engine", "calls", "calls/s", "refused", "held", "saved", "failed as allowed", "engine's own errors", "slowest call",
            "most added by the proxy", "slowest SIGKILL to the engine", "most memory of the proxy",
        ]);
        foreach (var site in sites)
        {
            var tally = site.Tally;
            text.Append(CultureInfo.InvariantCulture, $"| {site.Engine} | {tally.Calls:N0} | {tally.Calls / site.Lasted.TotalSeconds:0} | ")
                .Append(CultureInfo.InvariantCulture, $"{site.Status.Refused} | {site.Status.Held} | {site.Status.Saved} | {tally.Allowed} | ")
                .Append(CultureInfo.InvariantCulture, $"{tally.EngineErrors.Values.Sum()} | {Seconds(tally.Slowest.Took)} | ")
                .Append(CultureInfo.InvariantCulture, $"{Seconds(tally.MostAdded)} | {Seconds(tally.SlowestKill)} | ")
                .Append(CultureInfo.InvariantCulture, $"{site.Status.MostRss >> 20} MB |\n");
        }

        text.Append('\n');
        Head(text, ["chaos", .. sites.Select(site => site.Engine)]);
        foreach (var kind in Enum.GetValues<ChaosKind>())
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Words(kind.ToString())} | ")
                .AppendJoin(" | ", sites.Select(site => site.Chaos.GetValueOrDefault(kind))).Append(" |\n");
        }

        text.Append('\n');
        Head(text, ["invariant", "looked at", "broken"]);
        foreach (var invariant in Enum.GetValues<Invariant>())
        {
            text.Append(CultureInfo.InvariantCulture, $"| {Words(invariant.ToString())} | {findings.Checks(invariant):N0} | ")
                .Append(CultureInfo.InvariantCulture, $"{findings.Broken(invariant)} |\n");
        }

        text.Append('\n');
        foreach (var site in sites)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {site.Engine}, {site.Chaos.Values.Sum()} of {site.Planned} planned; ")
                .Append(CultureInfo.InvariantCulture, $"before: {site.Before}; after: {site.After}; slowest: {site.Tally.Slowest.Call}\n");
            foreach (var (error, times) in site.Tally.EngineErrors)
                text.Append(CultureInfo.InvariantCulture, $"  - the engine's own, {times} times: {error}\n");
        }

        foreach (var line in findings.Lines) text.Append("- **broken** ").Append(line).Append('\n');
        return text.ToString();
    }

    private static void Head(StringBuilder text, IReadOnlyCollection<string> columns) =>
        text.Append("| ").AppendJoin(" | ", columns).Append(" |\n|").AppendJoin("", columns.Select(_ => "---|")).Append('\n');

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture) + " s";

    /// <summary>"KillNotDelayed" as "kill not delayed".</summary>
    private static string Words(string name) =>
        string.Concat(name.Select((letter, at) => (at > 0 && char.IsUpper(letter) ? " " : "") + char.ToLowerInvariant(letter)));
}
