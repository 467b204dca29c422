using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Tests.Calls;

/// <summary>
/// A request and what engines make of it. <c>{c}</c> in the target stands for the container. The rows are checked against
/// the classifier in the unit tests and against real engines in the engine tests.
/// </summary>
internal sealed record Spelling(string Method, string Target)
{
    /// <summary>The container as engines know it.</summary>
    public const string Container = "spelled";

    /// <summary>What an engine of API up to 1.41 takes it for; null: no terminating call.</summary>
    public TerminatingCall? Older { get; init; }

    /// <summary>The same for an engine of API from 1.42 on that starts at 1.24.</summary>
    public TerminatingCall? Newer { get; init; }

    /// <summary>
    /// Versions of engines (<c>sid</c>: the newest of Debian) that do nothing although others end the container: they answer 400, or read another
    /// signal. The classifier does not tell them apart and goes by those that end it.
    /// </summary>
    public IReadOnlyList<string> NothingBy { get; init; } = [];

    public string? ContentType { get; init; }

    public string? Body { get; init; }

    /// <summary>The target with the container's name.</summary>
    public string RawTarget => Target.Replace("{c}", Container, StringComparison.Ordinal);

    /// <summary>Short enough for a message.</summary>
    public string Label
    {
        get
        {
            var all = $"{Method} {RawTarget} [{ContentType}] {Body}";
            return all.Length <= 200 ? all : $"{all[..200]}… ({all.Length})";
        }
    }
}
