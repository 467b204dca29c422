using System.Text.RegularExpressions;

namespace DockerGuardProxy.Engine;

/// <summary>What a version of the engine is known for.</summary>
internal static partial class EngineVersion
{
    // From 20.10.10 a stop and a kill give up on a task that does not exit (moby daemon/kill.go, "did not receive an exit event").
    private static readonly Version GivesUp = new(20, 10, 10);

    // From 19.03 on a copy that has not ended 2 s after the exit is given up (moby container/stream/streams.go, Wait with a context).
    private static readonly Version GivesUpOutput = new(19, 3, 0);

    // From 24.0 on the container's execs are not locked across containerd's start of one (moby daemon/exec.go, ContainerExecStart).
    private static readonly Version StartsExecsUnlocked = new(24, 0, 0);

    /// <summary>
    /// True where a call on a container that cannot be ended is never answered: each keeps a connection and two goroutines for ever. Null where
    /// the version can't be read.
    /// </summary>
    /// <param name="version">As the engine reports it, with whatever a distribution appends (<c>20.10.5+dfsg1</c>).</param>
    public static bool? LeaksForEver(string? version) => Parse(version) is { } number ? number < GivesUp : null;

    /// <summary>
    /// True where the start of an exec that its shim does not answer keeps an inspect of the container waiting, and with it the container's lock.
    /// Null where the version can't be read.
    /// </summary>
    /// <param name="version">As the engine reports it.</param>
    public static bool? LocksForExecStart(string? version) => Parse(version) is { } number ? number < StartsExecsUnlocked : null;

    /// <summary>
    /// True where what an exec's first process has started may go on to write for its client after that process has exited. Null where the version
    /// can't be read.
    /// </summary>
    /// <param name="version">As the engine reports it.</param>
    public static bool? WaitsForOutput(string? version) => Parse(version) is { } number ? number < GivesUpOutput : null;

    private static Version? Parse(string? version) =>
        version is not null && Number().Match(version) is { Success: true } match && Version.TryParse(match.Value, out var number) ? number : null;

    [GeneratedRegex(@"^\d+\.\d+\.\d+")]
    private static partial Regex Number();
}
