using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using DockerGuardProxy.Configuration;
using Xunit;

namespace DockerGuardProxy.Tests.Configuration;

/// <summary>config/docker-guard-proxy.json is documentation that must not drift.</summary>
public sealed partial class ShippedFileTests
{
    private static string File { get; } = Find("config/docker-guard-proxy.json");

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
        var reader = new OptionsReader();
        reader.Read(tree);
        var common = reader.Known.Settings.Where(k => !k.StartsWith("guard.policies.", StringComparison.Ordinal)).ToList();
        Assert.Equal(21, common.Count);
        Assert.All(common, key => Assert.NotNull(tree.List(key.Replace('.', ':')).Entries));
        Assert.All(["stop", "kill", "restart", "remove"], policy => Assert.Contains(
            tree.Root.GetSection("guard:policies").GetChildren(), c => c.Key == policy));
    }

    [Fact]
    public void Every_policy_has_every_key_of_the_guard()
    {
        var reader = new OptionsReader();
        reader.Read(ConfigurationTree.Build("{}"u8.ToArray(), null, new Dictionary<string, string?>()));
        var guard = reader.Known.Settings.Where(k => k.StartsWith("guard.", StringComparison.Ordinal)).ToLookup(k => k.Split('.')[1] == "policies");
        Assert.Equal(8, guard[false].Count());
        foreach (var policy in new[] { "stop", "kill", "restart", "remove" })
            Assert.Equal(
                guard[false].Select(k => k["guard.".Length..]),
                guard[true].Where(k => k.StartsWith($"guard.policies.{policy}.", StringComparison.Ordinal)).Select(k => k[$"guard.policies.{policy}.".Length..]));
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
    internal static string Find(string name, [CallerFilePath] string source = "")
    {
        for (var folder = new FileInfo(source).Directory; folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, name);
            if (System.IO.File.Exists(path))
                return path;
        }

        throw new FileNotFoundException(name);
    }

    [GeneratedRegex("^\\s*\"\\w+\":")]
    private static partial Regex Key();
}
