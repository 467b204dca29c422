using DockerGuardProxy.Campaign.Check;

namespace DockerGuardProxy.Campaign.Load;

/// <summary>Lists all containers and inspects each, whoever has made them; what has gone meanwhile is gone.</summary>
internal sealed class TraefikLike(Site site, string name, ulong seed) : LoadClient(site, name, seed)
{
    protected override async Task StepAsync()
    {
        foreach (var container in (await Caller.CallAsync("GET", "/containers/json", null, 200)).Json().EnumerateArray())
        {
            Caller.Begin();
            var (id, labels) = (container.GetProperty("Id").GetString()!, container.GetProperty("Labels"));
            // Those that chaos is about are asked for by their own clients: their locks may hang.
            if (!labels.TryGetProperty("campaign.mark", out var mark)) continue;
            var answer = await Caller.CallAsync("GET", $"/containers/{id}/json", null, 200, 404);
            if (answer.Status == 404)
            {
                Site.Findings.Look(
                    Invariant.BytesWhole, answer.Text.Contains(id, StringComparison.Ordinal), Caller.Where, $"{id} not found: {answer.Text}");
                continue;
            }

            var found = answer.Json();
            Caller.Compare(id, found.GetProperty("Id").GetString(), "id of inspect");
            Caller.Compare(
                mark.GetString()!, found.GetProperty("Config").GetProperty("Labels").GetProperty("campaign.mark").GetString(), "label of inspect");
        }
    }

    protected override Task LostAsync() => Task.CompletedTask;
}
