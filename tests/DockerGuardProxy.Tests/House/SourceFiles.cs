using System.Runtime.CompilerServices;

namespace DockerGuardProxy.Tests.House;

/// <summary>The files of the checkout that house rules are about.</summary>
internal static class SourceFiles
{
    public static string Root { get; } = FindRoot();

    /// <summary>All of the project's code.</summary>
    public static IEnumerable<string> All() => new[] { "src", "tests", "bench" }.SelectMany(folder => Below(folder, "*.cs"));

    /// <summary>The files below a folder of the checkout, without what builds put there.</summary>
    public static IEnumerable<string> Below(string folder, string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal));

    /// <summary>Where a file lies in the checkout.</summary>
    public static string Name(string file) => Path.GetRelativePath(Root, file);

    private static string FindRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}
