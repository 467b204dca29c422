using System.Text.RegularExpressions;
using DockerGuardProxy.Configuration;
using Xunit;

namespace DockerGuardProxy.Tests.Configuration;

/// <summary>
/// The shipped file and the reference are made from the list of settings and must not drift from it. To write them anew:
/// <c>DOCKER_GUARD_PROXY_REWRITE=1</c> in the environment of these tests.
/// </summary>
public sealed partial class ShippedFileTests
{
    private const string Begin = "<!-- The list of settings, from here to the end, is made by ShippedFileTests. -->\n";

    private static string File { get; } = Find("config/docker-guard-proxy.json");

    private static bool MayRewrite { get; } = Environment.GetEnvironmentVariable("DOCKER_GUARD_PROXY_REWRITE") == "1";

    [Fact]
    public void It_is_made_from_the_list() => AssertSame(File, GeneratedFiles.ShippedFile());

    [Fact]
    public void The_reference_is_made_from_the_list()
    {
        var page = Find("docs/configuration.md");
        var text = System.IO.File.ReadAllText(page);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        Assert.True(begin > 0);
        AssertSame(page, text[..begin] + Begin + GeneratedFiles.Reference());
    }

    [Fact]
    public void It_is_the_built_in_defaults()
    {
        var loaded = ConfigurationLoader.LoadAlone(System.IO.File.ReadAllBytes(File), File);
        Assert.Empty(loaded.Errors);
        Assert.Empty(ConfigurationJson.Compare(ProxyConfiguration.Default, loaded.Configuration));
    }

    [Fact]
    public void It_sets_every_key_there_is()
    {
        var tree = ConfigurationTree.Build(System.IO.File.ReadAllBytes(File), null, new Dictionary<string, string?>());
        var settings = Settings.All.Where(row => !row.IsSection && !row.Key.StartsWith("guard.policies.", StringComparison.Ordinal)).ToList();
        Assert.Equal(24, settings.Count);
        Assert.All(settings, row => Assert.True(
            tree.List(row.Key.Replace('.', ':')).Entries is not null || tree.Map(row.Key.Replace('.', ':')).Entries is not null));
    }

    [Fact]
    public void Every_key_has_a_comment_above_it()
    {
        var lines = System.IO.File.ReadAllLines(File);
        for (var i = 1; i < lines.Length; i++)
        {
            if (Key().IsMatch(lines[i]))
                Assert.Matches(@"^\s*// \S", lines[i - 1]);
        }
    }

    /// <summary>A file of the checkout.</summary>
    internal static string Find(string name) => GeneratedFiles.Find(name);

    private static void AssertSame(string path, string expected)
    {
        if (MayRewrite)
            System.IO.File.WriteAllText(path, expected);
        Assert.Equal(expected.Split('\n'), System.IO.File.ReadAllText(path).Split('\n'));
    }

    [GeneratedRegex("^\\s*\"\\w+\":")]
    private static partial Regex Key();
}
