using System.Runtime.InteropServices;
using DockerGuardProxy.EngineTests.Guard;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Streams;

/// <summary>A stream whose client has paused.</summary>
/// <param name="Id">Of the container, or of the exec.</param>
/// <param name="Client">The client.</param>
/// <param name="Since">When it began, for <see cref="IncidentEngine.EventsAsync"/>.</param>
internal sealed partial record Paused(string Id, PausedClient Client, string Since) : IDisposable
{
    /// <summary>From the end of the process on: 10 s of stall, 5 s without a task, and a second for a look.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(16);

    /// <summary>How long a direct client is given to show that nothing happens.</summary>
    public static readonly TimeSpan Direct = TimeSpan.FromSeconds(25);

    private const string Attach = "stream=1&stdout=1&stderr=1";

    /// <summary>A container that writes, attached before it starts; its client has read 1 KB.</summary>
    public static async Task<Paused> WriteAsync(
        Dockerd engine, string socket, string name, string? command = null, Dictionary<string, object>? body = null, bool isWebSocket = false)
    {
        var id = await engine.Api.CreateAsync(name, ["sh", "-c", command ?? PausedClient.Writer()], body);
        var client = isWebSocket
            ? await PausedClient.OpenWebSocketAsync(socket, $"/containers/{id}/attach/ws?{Attach}")
            : await PausedClient.OpenAsync(socket, $"/containers/{id}/attach?{Attach}");
        var since = IncidentEngine.Now();
        Assert.Equal(204, (await engine.Api.PostAsync($"/containers/{id}/start")).Status);
        await client.ReadAsync(1024, CancellationToken.None);
        return new Paused(id, client, since);
    }

    /// <summary>The process id of a container's first process.</summary>
    public static async Task<int> PidAsync(Dockerd engine, string container) =>
        (await engine.Api.GetAsync($"/containers/{container}/json")).GetProperty("State").GetProperty("Pid").GetInt32();

    /// <summary>Waits until all buffers on a writer's way are full: it has slept in a write for a second and a half.</summary>
    public static async Task BlockedAsync(int pid)
    {
        var times = 0;
        Assert.NotNull(await Poll.UntilAsync(
            () =>
            {
                var isWriting = File.ReadAllText($"/proc/{pid}/wchan") is "pipe_write" or "anon_pipe_write" or "n_tty_write" or "wait_woken";
                times = isWriting ? times + 1 : 0;
                return times == 15;
            },
            TimeSpan.FromSeconds(60), 100));
    }

    /// <summary>Sends a signal to a process (<c>9</c> is SIGKILL).</summary>
    public static void Kill(int pid, int signal) => Assert.Equal(0, SendSignal(pid, signal));

    public void Dispose() => Client.Dispose();

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int SendSignal(int pid, int signal);
}
