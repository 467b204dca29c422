using System.Text.Json.Nodes;

namespace DockerGuardProxy.Demo.Real;

/// <summary>
/// An image and containers of the demo's own on a real engine. They are made only where no other container is, and touched by nothing but the ids
/// that the engine gave them: a name may be another's.
/// </summary>
internal sealed class RealContainers : IAsyncDisposable
{
    /// <summary>A line of shell that does nothing until it is told to end.</summary>
    public const string Idle = "trap 'exit 0' TERM; while :; do sleep 0.1; done";

    private readonly List<string> _ids = [];
    private readonly Leftovers _leftovers;
    private string? _image;

    private RealContainers(string socket, Leftovers leftovers, TimeProvider time) => (_leftovers, Api) = (leftovers, new RealApi(socket, time));

    /// <summary>The engine.</summary>
    public RealApi Api { get; }

    /// <summary>Their ids, in the order in which they were made.</summary>
    public IReadOnlyList<string> Ids => _ids;

    /// <summary>Makes the image.</summary>
    /// <param name="socket">The engine's.</param>
    /// <param name="leftovers">Takes what can't be removed in the end.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellationToken">Ends it; what was made is gone then.</param>
    /// <exception cref="DemoException">Not root, not an engine without containers, or a tool is missing.</exception>
    public static async Task<RealContainers> PrepareAsync(
        string socket, Leftovers leftovers, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess) throw new DemoException("--real makes containers hang and needs root");
        if (!DemoFolder.IsSocketPath(socket)) throw new DemoException($"{socket}: no path that a socket can have");
        var containers = new RealContainers(socket, leftovers, time);
        try
        {
            var others = await containers.Api.CountAsync(cancellationToken);
            if (others > 0)
                throw new DemoException($"{socket}: that engine has {others} container(s); --real plays only on an engine without any");
            containers._image = await containers.Api.ImportAsync();
            return containers;
        }
        catch
        {
            await containers.DisposeAsync();
            throw;
        }
    }

    /// <summary>Creates a container that runs a line of shell.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="script">What it runs.</param>
    /// <param name="cancellationToken">Is looked at before.</param>
    /// <param name="hasTerminal">Whether it has a terminal.</param>
    /// <param name="binds">What it sees of the host.</param>
    /// <returns>Its id.</returns>
    public async Task<string> CreateAsync(
        string name, string script, CancellationToken cancellationToken, bool hasTerminal = false, JsonArray? binds = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var spec = new JsonObject
        {
            ["Image"] = _image,
            ["Cmd"] = new JsonArray("/bin/sh", "-c", script),
            ["Tty"] = hasTerminal,

            // What the demo's containers write fills no disk.
            ["HostConfig"] = new JsonObject
            {
                ["NetworkMode"] = "none",
                ["Binds"] = binds ?? [],
                ["LogConfig"] = new JsonObject { ["Type"] = "none" },
            },
        };
        _ids.Add(await Api.CreateAsync(name, spec));
        return _ids[^1];
    }

    /// <summary>Creates and starts one.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> RunAsync(string name, string script, CancellationToken cancellationToken, JsonArray? binds = null)
    {
        var id = await CreateAsync(name, script, cancellationToken, binds: binds);
        await Api.StartAsync(id, cancellationToken);
        return id;
    }

    /// <summary>Removes all that was made.</summary>
    public async ValueTask DisposeAsync()
    {
        var left = new Queue<string>(_ids);
        try
        {
            for (; left.Count > 0; left.Dequeue()) await Api.RemoveAsync(left.Peek());
            if (_image is not null) await Api.RemoveImageAsync(_image);
        }
        catch (DemoException e)
        {
            // Asked no more: an engine that does not answer would be waited for each time.
            string[] what = [.. left.Select(static id => $"container {id[..12]}"), $"image {_image?[..19]}"];
            _leftovers.Add($"{string.Join(", ", what)}: {e.Message}");
        }

        Api.Dispose();
    }
}
