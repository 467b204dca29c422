using System.Globalization;
using System.Text;
using DockerGuardProxy.Campaign.Wire;

namespace DockerGuardProxy.Campaign.Load;

/// <summary>Brings up two services, reads their logs, restarts one, takes them down.</summary>
internal sealed class ComposeLike(Site site, string name, ulong seed) : LoadClient(site, name, seed)
{
    private const int Lines = 200;
    private static readonly string[] Services = ["web", "db"];
    private readonly List<string> _ids = [];

    protected override async Task StepAsync()
    {
        var project = NewMark();
        foreach (var service in Services)
        {
            var mark = $"{project}-{service}";
            var id = await CreateAsync(
                mark, ["sh", "-c", $"i=0; while [ $i -lt {Lines} ]; do i=$((i+1)); echo $MARK $i; done; exec sleep 100000"],
                new() { ["com.docker.compose.project"] = project, ["com.docker.compose.service"] = service });
            _ids.Add(id);
            await Caller.CallAsync("POST", $"/containers/{mark}/start", null, 204);
            var state = await InspectAsync(id, mark);
            Caller.Expect("running", state.GetProperty("Status").GetString(), "status of inspect");
            await LogsAsync(mark, 1);
        }

        var web = $"{project}-web";
        await Caller.CallAsync("POST", $"/containers/{web}/restart?t=0", null, 204);
        await LogsAsync(web, 2);
        foreach (var (id, service) in _ids.Zip(Services).Reverse())
        {
            await Caller.EndAsync("POST", $"/containers/{project}-{service}/stop?t=1", id, 204);
            await Caller.CallAsync("DELETE", $"/containers/{id}?v=1", null, 204);
        }

        _ids.Clear();
    }

    protected override async Task LostAsync()
    {
        foreach (var id in _ids) await RemoveAsync(id);
        _ids.Clear();
    }

    /// <summary>All that it has written in so many runs: waited for, as it takes its time.</summary>
    private async Task LogsAsync(string mark, int runs)
    {
        var run = string.Concat(Enumerable.Range(1, Lines).Select(line => string.Create(CultureInfo.InvariantCulture, $"{mark} {line}\n")));
        var expected = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(run, runs)));
        var end = Clock.Now + Caller.Patience;
        while (true)
        {
            var framed = (await Caller.CallAsync("GET", $"/containers/{mark}/logs?stdout=1&stderr=1", null, 200)).Body;
            var output = Multiplexed.Output(framed);
            if (output.Length >= expected.Length || !expected.AsSpan().StartsWith(output) || Clock.Now > end)
            {
                Caller.CompareLines(expected, output, $"logs of {mark}");
                return;
            }

            await Task.Delay(50);
        }
    }
}
