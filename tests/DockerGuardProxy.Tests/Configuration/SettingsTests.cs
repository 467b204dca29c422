using System.Text;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Guard;
using Xunit;

namespace DockerGuardProxy.Tests.Configuration;

public sealed class SettingsTests
{
    [Fact]
    public void Every_policy_has_every_setting_of_the_guard()
    {
        var keys = Settings.All.Select(row => row.Key).ToHashSet();
        Assert.Equal(9, Settings.Policy.Length);
        Assert.All(["guard", "guard.policies.stop", "guard.policies.kill", "guard.policies.restart", "guard.policies.remove"], section =>
            Assert.All(Settings.Policy, row => Assert.Contains($"{section}.{row.Key}", keys)));
    }

    [Fact]
    public void No_key_is_there_twice_and_each_stands_below_its_section()
    {
        var seen = new Dictionary<string, bool>(StringComparer.OrdinalIgnoreCase);
        Assert.All(Settings.All, row =>
        {
            Assert.True(seen.TryAdd(row.Key, row.IsSection));
            if (row.Key.LastIndexOf('.') is > 0 and var dot)
                Assert.True(seen[row.Key[..dot]]);
        });
    }

    [Fact]
    public void A_value_may_be_copied_row_by_row()
    {
        var from = ConfigurationSamples.AllChanged;
        var copied = Settings.All.Aggregate(ProxyConfiguration.Default, (to, row) => row.Copy(from, to));
        Assert.Empty(ConfigurationJson.Compare(from, copied));
        Assert.NotEmpty(ConfigurationJson.Compare(ProxyConfiguration.Default, copied));

        // What is not set in a policy goes, too.
        Assert.Empty(ConfigurationJson.Compare(
            ProxyConfiguration.Default, Settings.All.Aggregate(from, (to, row) => row.Copy(ProxyConfiguration.Default, to))));
    }

    [Fact]
    public void A_section_with_settings_of_its_own_is_rows_too()
    {
        // A family of calls to come: a count, a size, and a section within.
        var size = ValueKinds.One(
            "size such as 8MiB",
            (string text, out long bytes) =>
                text.EndsWith("MiB", StringComparison.Ordinal) && long.TryParse(text[..^3], out bytes) ? null : Nothing(text, out bytes),
            bytes => $"{bytes}MiB");
        Setting<Family>[] rows =
        [
            .. new SettingTable<Family>
            {
                { "maxUnanswered", ValueKinds.Integer(1, 64), f => f.MaxUnanswered, (f, v) => f with { MaxUnanswered = v },
                    "Calls without an answer." },
                { "queue", size, f => f.QueueMiB, (f, v) => f with { QueueMiB = v }, "What may be kept." },
                { "tell", "Who is told." },
                { "tell.mode", ValueKinds.Choice<GuardMode>(), f => f.Tell, (f, v) => f with { Tell = v }, "Whether." },
            },
        ];
        var errors = new List<ConfigurationError>();
        var family = OptionsReader.Read(
            Tree("""{ "maxUnanswered": 7, "queue": "9MiB", "tell": { "mode": "observe" } }"""), rows, new Family(4, 8, GuardMode.Off), errors);
        Assert.Equal((new Family(7, 9, GuardMode.Observe), 0), (family, errors.Count));
        Assert.Equal("9MiB", rows[1].Write(family)!.GetValue<string>());

        OptionsReader.Read(Tree("""{ "queue": "9", "tell": 1 }"""), rows, family, errors);
        Assert.Equal(["queue: \"9\" is no size", "tell: must be an object"], errors.Select(error => error.ToString()));

        static string Nothing(string text, out long bytes)
        {
            bytes = 0;
            return $"\"{text}\" is no size";
        }
    }

    [Fact]
    public void What_is_shown_has_no_secrets()
    {
        var old = ProxyConfiguration.Default with { Telemetry = TelemetryOptions.Default with { OtlpEndpoint = "http://x/old?key=a" } };
        var changed = ProxyConfiguration.Default with { Telemetry = TelemetryOptions.Default with { OtlpEndpoint = "http://x/new?key=b" } };
        Assert.Equal(
            "telemetry.otlp.endpoint: \"http://x:80/REDACTED\" -> \"http://x:80/REDACTED\"",
            Assert.Single(ConfigurationJson.Compare(old, changed)).ToString());
        Assert.Contains("key=a", Encoding.UTF8.GetString(ConfigurationJson.Write(old)), StringComparison.Ordinal);
        Assert.DoesNotContain("key=a", Encoding.UTF8.GetString(ConfigurationJson.Write(old, withSecrets: false)), StringComparison.Ordinal);
    }

    private static ConfigurationTree Tree(string json) =>
        ConfigurationTree.Build(Encoding.UTF8.GetBytes(json), null, new Dictionary<string, string?>());

    private sealed record Family(int MaxUnanswered, long QueueMiB, GuardMode Tell);
}
