using System.Text.RegularExpressions;

namespace DockerGuardProxy.EngineTests.Transparency.Cli;

/// <summary>Takes out of a program's output what differs between any two runs, and nothing else.</summary>
internal static partial class Normal
{
    /// <summary>Ids by the order of their first appearance, times, and the engine's folder of sockets.</summary>
    public static string Of(string output, params string[] sockets)
    {
        foreach (var socket in sockets)
            output = output.Replace(socket, "<socket>", StringComparison.Ordinal);
        output = Time().Replace(output, "<time>");
        output = WaitRace().Replace(output, "");
        output = SolveRace().Replace(output, "ERROR: failed to solve with frontend");
        output = ImportFolder().Replace(output, "<import>");
        output = Pid().Replace(output, "<pid>");
        var ids = new List<string>();
        return Id().Replace(output, match =>
        {
            var id = match.Value[..12];
            if (!ids.Contains(id))
                ids.Add(id);
            return $"<id{ids.IndexOf(id)}.{match.Length}>";
        });
    }

    [GeneratedRegex(@"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")]
    private static partial Regex Time();

    /// <summary>Messages of runc name the pid of its own helper.</summary>
    [GeneratedRegex(@"(?<=\bpid )\d+|(?<=/proc/)\d+")]
    private static partial Regex Pid();

    /// <summary>After a failed start the client cancels its own wait, and logs that if it lives long enough: either way directly too.</summary>
    [GeneratedRegex(@"time=""<time>"" level=error msg=""error waiting for container: context canceled""\n")]
    private static partial Regex WaitRace();

    /// <summary>
    /// Of a build that fails buildx has two errors, of its Solve call and of its gateway, and tells the one that is recorded first: the end of
    /// the one call lets the other go on before its own error is recorded (BuildKit <c>client/solve.go</c>, <c>cancelSolve</c>). The reason
    /// behind either is the same.
    /// </summary>
    [GeneratedRegex(@"ERROR: failed to (solve: rpc error: code = Unknown desc = |run Build function: )failed to solve with frontend")]
    private static partial Regex SolveRace();

    [GeneratedRegex(@"docker-import-\d+")]
    private static partial Regex ImportFolder();

    [GeneratedRegex(@"(?<![0-9a-zA-Z])([0-9a-f]{64}|[0-9a-f]{12})(?![0-9a-zA-Z])")]
    private static partial Regex Id();
}
