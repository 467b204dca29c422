namespace DockerGuardProxy.Campaign.Load;

/// <summary>Asks again and again for what dashboards show: the engine, its list, statistics and processes of a container of its own.</summary>
internal sealed class MonitoringLike(Site site, string name, ulong seed) : LoadClient(site, name, seed)
{
    private string? _id;
    private string _mark = "";
    private string? _engine;

    protected override async Task StepAsync()
    {
        if (_id is null)
        {
            _mark = NewMark();
            _id = await CreateAsync(_mark, ["sleep", "100000"], []);
            await Caller.CallAsync("POST", $"/containers/{_id}/start", null, 204);
        }

        Caller.Compare("OK", (await Caller.CallAsync("GET", "/_ping", null, 200)).Text, "ping");
        var info = (await Caller.CallAsync("GET", "/info", null, 200)).Json().GetProperty("ID").GetString();
        _engine ??= info;
        Caller.Compare(_engine!, info, "the engine's id");
        var version = (await Caller.CallAsync("GET", "/version", null, 200)).Json().GetProperty("Version").GetString()!;
        Caller.Compare(Site.Name, version.Split('+')[0], "the engine's version");
        var list = (await Caller.CallAsync("GET", "/containers/json", null, 200)).Json();
        var isListed = list.EnumerateArray().Any(container => container.GetProperty("Id").GetString() == _id);
        Caller.Expect("listed", isListed ? "listed" : "not listed", $"{_mark} in the list of what runs");
        var stats = (await Caller.CallAsync("GET", $"/containers/{_id}/stats?stream=0&one-shot=1", null, 200)).Json();
        // Not every version names the container of one-shot statistics.
        Caller.Compare("/" + _mark, stats.TryGetProperty("name", out var named) ? named.GetString() : "/" + _mark, "name of the statistics");
        _ = stats.GetProperty("read");
        var top = (await Caller.CallAsync("GET", $"/containers/{_mark}/top", null, 200)).Json();
        Caller.Compare("sleep 100000", top.GetProperty("Processes")[0].EnumerateArray().Last().GetString(), "processes");
        var state = await InspectAsync(_id, _mark);
        Caller.Expect("running", state.GetProperty("Status").GetString(), "status");
    }

    protected override async Task LostAsync()
    {
        await RemoveAsync(_id);
        _id = null;
    }
}
