using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.EngineTests.Packaging;

/// <summary>Commands as documents give them to people.</summary>
internal static class Documents
{
    /// <summary>The <c>console</c> blocks of a document, each as one script.</summary>
    public static string[] ConsoleBlocks(string document) =>
    [
        .. File.ReadAllText(Path.Combine(Machine.Repository, document))
            .Split("\n```console\n").Skip(1).Select(block => block[..block.IndexOf("\n```", StringComparison.Ordinal)]),
    ];
}
