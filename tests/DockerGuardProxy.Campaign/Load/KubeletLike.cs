using System.Globalization;
using System.Text;
using System.Text.Json;
using DockerGuardProxy.Campaign.Wire;

namespace DockerGuardProxy.Campaign.Load;

/// <summary>
/// Keeps so many containers alive: lists them by its label, inspects and probes one after the other, ends one now and then in each of the ways
/// there are, and puts a new one in its place.
/// </summary>
internal sealed class KubeletLike(Site site, string name, ulong seed, int pods) : LoadClient(site, name, seed)
{
    private const int EndOneIn = 8;
    private readonly string _filters =
        Uri.EscapeDataString(JsonSerializer.Serialize(new Dictionary<string, string[]> { ["label"] = [$"campaign.client={name}"] }));

    protected override async Task StepAsync()
    {
        var list = (await Caller.CallAsync("GET", $"/containers/json?all=1&filters={_filters}", null, 200)).Json().EnumerateArray().ToList();
        foreach (var found in list)
            Caller.Compare(Name, found.GetProperty("Labels").GetProperty("campaign.client").GetString(), "label of a filtered list");
        var running = list.Where(IsRunning).ToList();
        foreach (var ended in list.Where(found => !IsRunning(found)).Select(IdOf).Take(3))
            await Caller.CallAsync("DELETE", $"/containers/{ended}?v=1", null, 204);
        if (running.Count < pods)
        {
            await BeginAsync();
            return;
        }

        var pod = running[Numbers.Between(0, running.Count)];
        var (id, mark) = (IdOf(pod), pod.GetProperty("Labels").GetProperty("campaign.mark").GetString()!);
        await InspectAsync(id, mark);
        await ProbeAsync(id, mark);
        if (Numbers.Between(0, EndOneIn) == 0) await EndAsync(id);
    }

    // What is left is found by the next list.
    protected override Task LostAsync() => Task.CompletedTask;

    private static bool IsRunning(JsonElement container) => container.GetProperty("State").GetString() == "running";

    private static string IdOf(JsonElement container) => container.GetProperty("Id").GetString()!;

    private async Task BeginAsync()
    {
        var mark = NewMark();
        // Half of them end on SIGTERM, the others take no notice of it.
        var command = Numbers.Between(0, 2) == 0 ? "trap 'exit 0' TERM; while :; do sleep 1000 & wait $!; done" : "sleep 100000; :";
        var id = await CreateAsync(mark, ["sh", "-c", command], new()
        {
            ["io.kubernetes.pod.name"] = mark, ["io.kubernetes.pod.namespace"] = "campaign", ["io.kubernetes.pod.uid"] = mark,
        });
        await Caller.CallAsync("POST", $"/containers/{id}/start", null, 204);
        await InspectAsync(id, mark);
    }

    /// <summary>An exec whose output and exit code are its own.</summary>
    private async Task ProbeAsync(string id, string mark)
    {
        var (word, code) = (NewMark(), Numbers.Between(0, 100));
        var command = string.Create(CultureInfo.InvariantCulture, $"echo {word} $MARK; exit {code}");
        var exec = (await Caller.CallAsync(
            "POST", $"/containers/{id}/exec", new { AttachStdout = true, AttachStderr = true, Cmd = new[] { "sh", "-c", command } }, 201))
            .Json().GetProperty("Id").GetString();
        byte[] framed;
        using (var stream = await Caller.OpenAsync("POST", $"/exec/{exec}/start", new { Detach = false, Tty = false }))
        {
            framed = await Caller.RestAsync(stream, $"output of an exec in {id[..12]}");
        }

        Caller.CompareLines(Encoding.ASCII.GetBytes($"{word} {mark}\n"), Multiplexed.Output(framed), "output of an exec");
        // The engine ends the stream a moment before it knows of the exit.
        var end = Clock.Now + Caller.Patience;
        while (true)
        {
            var found = (await Caller.CallAsync("GET", $"/exec/{exec}/json", null, 200)).Json();
            if (!found.GetProperty("Running").GetBoolean() || Clock.Now > end)
            {
                Caller.Expect(code.ToString(CultureInfo.InvariantCulture), found.GetProperty("ExitCode").ToString(), "exit code of an exec");
                return;
            }

            await Task.Delay(50);
        }
    }

    private async Task EndAsync(string id)
    {
        switch (Numbers.Between(0, 4))
        {
            case 0:
                await Caller.EndAsync("POST", $"/containers/{id}/stop?t=1", id, 204);
                break;
            case 1:
                await Caller.EndAsync("POST", $"/containers/{id}/kill", id, 204);
                break;
            case 2:
                await Caller.EndAsync("DELETE", $"/containers/{id}?force=1&v=1", id, 204);
                return;
            default:
                await EscalateAsync(id);
                break;
        }

        await Caller.CallAsync("DELETE", $"/containers/{id}?v=1", null, 204);
    }

    /// <summary>A stop with a long grace, and a SIGKILL that must not wait for it.</summary>
    private async Task EscalateAsync(string id)
    {
        using var other = new Caller(Site, Name);
        var stop = other.EndAsync("POST", $"/containers/{id}/stop?t=60", id, 204);
        try
        {
            await Task.Delay(Numbers.Between(TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(500)));
            // Where the container has ended on SIGTERM, the engine says that it does not run.
            await Caller.EndAsync("POST", $"/containers/{id}/kill?signal=KILL", id, 204, 409);
        }
        finally
        {
            await stop;
        }
    }
}
