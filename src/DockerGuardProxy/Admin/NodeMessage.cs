using System.Globalization;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Text;

namespace DockerGuardProxy.Admin;

/// <summary>
/// What node-problem-detector is to show of a node: one line of printable ASCII, at most <see cref="MaxLength"/> bytes. The same as long as the
/// same containers are stuck, since each change of it is a write to the API server.
/// </summary>
internal static class NodeMessage
{
    /// <summary>node-problem-detector cuts what is longer (its <c>max_output_length</c>, 80 by default).</summary>
    public const int MaxLength = 80;

    /// <summary>No container is stuck.</summary>
    public const string Healthy = "no container is stuck";

    /// <summary>The proxy can't be asked.</summary>
    public const string Unknown = "docker-guard-proxy does not answer";

    /// <summary>Names the container that is stuck for longest, what holds it, and how many more there are.</summary>
    public static string Of(StatusReport status)
    {
        var stuck = status.Containers.Where(container => container.Stuck)
            .OrderBy(container => container.EvidenceSince).ThenBy(container => container.Id).ToArray();
        if (stuck.Length == 0)
            return Healthy;
        var others = Math.Max(status.StuckContainers, stuck.Length) - 1;
        var more = others > 0 ? string.Create(CultureInfo.InvariantCulture, $" +{others} more") : "";
        var first = stuck[0];
        var name = first.Pod is { } pod ? $"{pod.Namespace}/{pod.Name}"
            : first.Name.Length > 0 ? first.Name
            : ShortId.Of(first.Id);
        var cause = first.Tasks is [var task, ..] ? $": {task.Comm} ({task.State}) {task.Wchan ?? task.FileSystem}" : $": {first.Diagnosis}";

        // Of a long line the name goes on; the number of the others is kept.
        var text = LogText.Escape("stuck " + name + cause.TrimEnd(), 4 * MaxLength);
        return (text.Length + more.Length > MaxLength ? text[..(MaxLength - more.Length - 1)] + "~" : text) + more;
    }
}
