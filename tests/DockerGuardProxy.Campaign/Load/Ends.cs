using System.Text.Json;
using DockerGuardProxy.Campaign.Check;

namespace DockerGuardProxy.Campaign.Load;

/// <summary>Asks the engine itself whether a container runs.</summary>
internal static class Ends
{
    /// <summary>Of a container whose end was told of.</summary>
    /// <param name="site">Where it is.</param>
    /// <param name="where">Engine and client, for texts.</param>
    /// <param name="told">What its client was told.</param>
    /// <param name="id">Its full id.</param>
    public static async Task LookAsync(Site site, string where, string told, string id)
    {
        if (await RunsAsync(site, id) is { } runs)
            site.Findings.Look(Invariant.EndsAreTrue, !runs, where, $"{told}, and container {id[..12]} runs");
    }

    /// <summary>Whether it runs; null while the engine can't be asked.</summary>
    public static async Task<bool?> RunsAsync(Site site, string id)
    {
        using var limit = new CancellationTokenSource(Caller.Patience);
        try
        {
            using var answer = await site.Engine.Api.SendAsync(HttpMethod.Get, $"/containers/{id}/json", cancellationToken: limit.Token);
            if (answer.StatusCode == System.Net.HttpStatusCode.NotFound) return false;
            if (!answer.IsSuccessStatusCode) return null;
            using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(limit.Token));
            return document.RootElement.GetProperty("State").GetProperty("Running").GetBoolean();
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }
}
