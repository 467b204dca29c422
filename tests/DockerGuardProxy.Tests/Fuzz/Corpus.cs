using System.Security.Cryptography;
using DockerGuardProxy.Tests.House;

namespace DockerGuardProxy.Tests.Fuzz;

/// <summary>The inputs of a target that are kept with the sources: where its fuzzing begins.</summary>
internal static class Corpus
{
    /// <summary>Reads them, always in the same order.</summary>
    public static List<byte[]> Read(string target) =>
        [.. Directory.GetFiles(FolderOf(target), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];

    /// <summary>Keeps an input, named by its content.</summary>
    /// <returns>Its file.</returns>
    public static string Keep(string folder, byte[] input)
    {
        Directory.CreateDirectory(folder);
        var file = Path.Combine(folder, Convert.ToHexStringLower(SHA256.HashData(input))[..16]);
        File.WriteAllBytes(file, input);
        return file;
    }

    /// <summary>Keeps these in the place of all others but faults.</summary>
    public static void Replace(string target, IEnumerable<byte[]> inputs)
    {
        var folder = FolderOf(target);
        var kept = inputs.Select(input => Keep(folder, input)).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.GetFiles(folder).Where(file => !kept.Contains(file))) File.Delete(file);
    }

    /// <summary>Where inputs are kept that a target did not bear once: for good.</summary>
    public static string FaultsOf(string target) => Path.Combine(FolderOf(target), "faults");

    /// <summary>Where they are.</summary>
    public static string FolderOf(string target) => Path.Combine(SourceFiles.Root, "tests", "fuzz", "corpora", target);
}
