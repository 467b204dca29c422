using System.Text;

namespace DockerGuardProxy.Calls;

/// <summary>Writes the target of a terminating call anew.</summary>
internal static class ActionTarget
{
    /// <summary>The same call under the container's full id: same version, same action, same query.</summary>
    /// <param name="method">Its method: a removal may name a container <c>app/stop</c> (a link's alias).</param>
    /// <param name="rawTarget">A target that <see cref="CallClassifier"/> has taken for a terminating call.</param>
    /// <param name="id">The full id.</param>
    /// <exception cref="ArgumentException">The target is no such call's.</exception>
    public static string WithId(string method, string rawTarget, string id)
    {
        if (!RequestTarget.TryParse(rawTarget, out var target)) throw new ArgumentException("No target of a call.", nameof(rawTarget));
        var path = RoutePath.Of(target.Path, stackalloc byte[RoutePath.Room]);
        if (CallTable.Docker.Row(method, path, out var name) is not { Family: Family.Ending })
            throw new ArgumentException("No target of a call.", nameof(rawTarget));

        // Version and action are ASCII by their routes; only the name between them could have been anything.
        var before = path.Whole[..(path.Whole.Length - path.Route.Length + name.Start.Value)];
        var text = Encoding.ASCII.GetString(before) + id + Encoding.ASCII.GetString(path.Route[name.End.Value..]);
        return target.Query.IsEmpty ? text : $"{text}?{target.Query}";
    }
}
