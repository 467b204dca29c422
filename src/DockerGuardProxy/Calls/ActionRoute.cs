using System.Buffers;

namespace DockerGuardProxy.Calls;

/// <summary>
/// A decoded path that dockerd's router takes to a handler which can end a container, as gorilla/mux matches
/// <c>/v{version:[0-9.]+}</c> and the routes of moby's <c>api/server/router/container/container.go</c>.
/// </summary>
/// <param name="Operation">What the handler does.</param>
/// <param name="Name">The container, within the path.</param>
/// <param name="Version">The API version, if the path has one.</param>
internal readonly record struct ActionRoute(Operation Operation, Range Name, ApiVersion? Version)
{
    private static readonly SearchValues<byte> VersionChars = SearchValues.Create("0123456789."u8);

    /// <summary>False for every other request.</summary>
    /// <param name="post">POST or else DELETE; no other method has such a route.</param>
    /// <param name="path">The path, decoded.</param>
    /// <param name="route">The route.</param>
    public static bool TryMatch(bool post, ReadOnlySpan<byte> path, out ActionRoute route)
    {
        route = default;
        var rest = path;
        ApiVersion? version = null;
        if (rest.StartsWith("/v"u8))
        {
            var end = rest[2..].IndexOfAnyExcept(VersionChars);
            if (end <= 0)
            {
                return false;
            }

            version = ApiVersion.Parse(rest.Slice(2, end));
            rest = rest[(end + 2)..];
        }

        if (!rest.StartsWith("/containers/"u8))
        {
            return false;
        }

        rest = rest["/containers/".Length..];
        var start = path.Length - rest.Length;
        Operation operation;
        if (!post)
        {
            operation = Operation.Remove;
        }
        else if (TryCut(ref rest, "/stop"u8))
        {
            operation = Operation.Stop;
        }
        else if (TryCut(ref rest, "/kill"u8))
        {
            operation = Operation.Kill;
        }
        else if (TryCut(ref rest, "/restart"u8))
        {
            operation = Operation.Restart;
        }
        else
        {
            return false;
        }

        // `.*` takes slashes (link aliases have them) but no line feed. An empty name (400) or one with a slash at its end
        // (404) is no container.
        if (rest.IsEmpty || rest[^1] == '/' || rest.Contains((byte)'\n') || !IsClean(path) || (!post && IsCheckpoint(rest)))
        {
            return false;
        }

        route = new(operation, start..(start + rest.Length), version);
        return true;
    }

    private static bool TryCut(ref ReadOnlySpan<byte> path, ReadOnlySpan<byte> action)
    {
        if (!path.EndsWith(action))
        {
            return false;
        }

        path = path[..^action.Length];
        return true;
    }

    /// <summary>mux redirects a path that its <c>cleanPath</c> would change (301); a slash at the end stays.</summary>
    private static bool IsClean(ReadOnlySpan<byte> path)
    {
        for (path = path[1..]; ;)
        {
            var slash = path.IndexOf((byte)'/');
            var segment = slash < 0 ? path : path[..slash];
            if ((segment.IsEmpty && slash >= 0) || segment.SequenceEqual("."u8) || segment.SequenceEqual(".."u8))
            {
                return false;
            }

            if (slash < 0)
            {
                return true;
            }

            path = path[(slash + 1)..];
        }
    }

    /// <summary>
    /// <c>DELETE /containers/{name}/checkpoints/{checkpoint}</c> is registered before the removal of containers, on engines
    /// without experimental features too.
    /// </summary>
    private static bool IsCheckpoint(ReadOnlySpan<byte> name)
    {
        var slash = name.IndexOf((byte)'/');
        if (slash < 0 || !name[(slash + 1)..].StartsWith("checkpoints/"u8))
        {
            return false;
        }

        var checkpoint = name[(slash + 1 + "checkpoints/".Length)..];
        return !checkpoint.IsEmpty && !checkpoint.Contains((byte)'/');
    }
}
