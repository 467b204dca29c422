using System.Globalization;
using System.Runtime.InteropServices;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>A container that chaos is about, with what the kernel shows of it. Made and removed on the engine's own socket.</summary>
internal sealed partial class Subject : IAsyncDisposable
{
    private readonly Site _site;

    private Subject(Site site, string name, string id) => (_site, Name, Id) = (site, name, id);

    public string Name { get; }

    public string Id { get; }

    /// <summary>Runs one.</summary>
    public static async Task<Subject> RunAsync(Site site, PlannedChaos chaos, string command, params string[] binds)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"chaos-{chaos.Kind}-{chaos.Seed:x16}");
        var id = await site.Engine.Api.RunAsync(name, ["sh", "-c", command], new() { ["HostConfig"] = new { Binds = binds } });
        return new Subject(site, name, id);
    }

    /// <summary>True where one of its tasks sleeps in D state.</summary>
    public bool IsInDState() => Processes().Any(process => process.State == 'D');

    /// <summary>True where none of its processes is left.</summary>
    public bool HasEnded() => !Processes().Any();

    /// <summary>Process id of its shim.</summary>
    public async Task<int> ShimAsync()
    {
        var pid = (await _site.Engine.Api.GetAsync($"/containers/{Id}/json")).GetProperty("State").GetProperty("Pid").GetInt32();
        var stat = await File.ReadAllTextAsync($"/proc/{pid}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Sends a signal.</summary>
    public static void Signal(int pid, int signal)
    {
        if (Kill(pid, signal) != 0) throw new InvalidOperationException($"process {pid} takes no signal");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await _site.Engine.Api.RemoveAsync(Id).WaitAsync(TimeSpan.FromSeconds(60));

    private IEnumerable<(int Pid, char State)> Processes()
    {
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)) continue;
            char state;
            try
            {
                if (!File.ReadAllText(folder + "/cgroup").Contains(Id, StringComparison.Ordinal)) continue;
                var stat = File.ReadAllText(folder + "/stat");
                state = stat[stat.LastIndexOf(')') + 2];
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone since the list was read.
                continue;
            }

            if (state != 'Z') yield return (pid, state);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int pid, int signal);
}
