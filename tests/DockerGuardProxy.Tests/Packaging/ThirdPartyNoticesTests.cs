using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using DockerGuardProxy.Tests.Configuration;
using Xunit;

namespace DockerGuardProxy.Tests.Packaging;

/// <summary>
/// THIRD-PARTY-NOTICES.md names what NuGet has restored for the program. That what the compiler then reads is the same is for
/// packaging/notices to see, which runs with every package that is built.
/// </summary>
public sealed partial class ThirdPartyNoticesTests
{
    private static readonly JsonElement Assets =
        JsonDocument.Parse(File.ReadAllBytes(ShippedFileTests.Find("src/DockerGuardProxy/obj/project.assets.json"))).RootElement;

    [Fact]
    public void Every_package_with_code_in_the_program_is_listed_with_its_licence_and_no_other()
    {
        var listed = Row().Matches(File.ReadAllText(ShippedFileTests.Find("THIRD-PARTY-NOTICES.md")))
            .Select(row => $"{row.Groups[1].Value} {row.Groups[2].Value}");
        var restored = Libraries().Concat(RuntimePacks())
            .Select(package => $"{InTable(package.Name)} {Licence(package.Name, package.Version)}").ToArray();
        Assert.True(restored.Length > 10);
        Assert.Equal(restored.Order(StringComparer.OrdinalIgnoreCase), listed.Order(StringComparer.OrdinalIgnoreCase));
    }

    /// <summary>Packages of which a file is in the program; analyzers and build tools have none.</summary>
    private static IEnumerable<(string Name, string Version)> Libraries() =>
        from package in Assets.GetProperty("targets").GetProperty("net10.0").EnumerateObject()
        where package.Value.TryGetProperty("runtime", out _)
        select package.Name.Split('/') into parts
        select (parts[0], parts[1]);

    /// <summary>Those of native programs: the same framework's other pack is for programs that are compiled as they run.</summary>
    private static IEnumerable<(string Name, string Version)> RuntimePacks() =>
        from pack in Assets.GetProperty("project").GetProperty("frameworks").GetProperty("net10.0")
            .GetProperty("downloadDependencies").EnumerateArray()
        let name = pack.GetProperty("name").GetString()!
        where name.Contains(".App.Runtime.", StringComparison.Ordinal)
            && !name.StartsWith("Microsoft.NETCore.App.Runtime.linux", StringComparison.Ordinal)
        select (name, pack.GetProperty("version").GetString()!.Split('[', ',')[1]);

    /// <summary>The runtime's packages are one for each architecture, and in the table one row for all of them.</summary>
    private static string InTable(string name) => Architecture().Replace(name, ".linux-{x64,arm64}");

    private static string? Licence(string name, string version)
    {
        var folder = Path.Combine(name.ToLowerInvariant(), version);
        var specification = Assets.GetProperty("packageFolders").EnumerateObject()
            .Select(packages => Path.Combine(packages.Name, folder, $"{name.ToLowerInvariant()}.nuspec"))
            .First(File.Exists);
        return XDocument.Load(specification).Descendants().FirstOrDefault(element => element.Name.LocalName == "license")?.Value;
    }

    [GeneratedRegex(@"\.linux-(x64|arm64)$")]
    private static partial Regex Architecture();

    [GeneratedRegex(@"^\| (?!package)(\w\S+) \| (\S+) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
