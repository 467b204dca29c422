using System.Globalization;
using System.Text.Json;
using DockerGuardProxy.Campaign.Check;

namespace DockerGuardProxy.Campaign.Load;

/// <summary>A client that does the same again and again, each time with a mark of its own that must come back to it.</summary>
internal abstract class LoadClient(Site site, string name, ulong seed) : IDisposable
{
    /// <summary>After what was lost, so that a client does not fill the time of an outage with calls.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(300);

    private int _marks;

    public string Name => name;

    protected Site Site => site;

    protected Numbers Numbers { get; } = new(seed);

    protected Caller Caller { get; } = new(site, name);

    /// <summary>Works until it is told to end; ends what it has begun.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            Caller.Begin();
            try
            {
                await StepAsync();
            }
            catch (LostScenarioException)
            {
                await LostAsync();
                await Task.Delay(Rest, CancellationToken.None);
            }
            catch (Exception e) when (e is JsonException or InvalidDataException or KeyNotFoundException or InvalidOperationException)
            {
                site.Findings.Break(Invariant.BytesWhole, Caller.Where, $"an answer has not the form it has: {e.Message}");
                await LostAsync();
            }
        }

        await LostAsync();
    }

    public void Dispose()
    {
        Caller.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>What it does again and again.</summary>
    protected abstract Task StepAsync();

    /// <summary>Removes what the last step may have left.</summary>
    protected abstract Task LostAsync();

    /// <summary>A name that nobody else has.</summary>
    protected string NewMark() => string.Create(CultureInfo.InvariantCulture, $"{name}-{++_marks}-{Numbers.Next() & 0xffffff:x6}");

    /// <summary>Creates a container that carries a mark as its name, in its labels and in its environment.</summary>
    /// <returns>Its id.</returns>
    protected async Task<string> CreateAsync(string mark, string[] command, Dictionary<string, string> labels)
    {
        labels["campaign.mark"] = mark;
        labels["campaign.client"] = name;
        var answer = await Caller.CallAsync(
            "POST", $"/containers/create?name={mark}",
            new { Image = "lab", Cmd = command, Labels = labels, Env = new[] { $"MARK={mark}" }, AttachStdout = true, AttachStderr = true }, 201);
        return answer.Json().GetProperty("Id").GetString()!;
    }

    /// <summary>Inspects a container and looks whether it is the one with the mark.</summary>
    /// <returns>Its state.</returns>
    protected async Task<JsonElement> InspectAsync(string id, string mark)
    {
        var found = (await Caller.CallAsync("GET", $"/containers/{id}/json", null, 200)).Json();
        Caller.Compare("/" + mark, found.GetProperty(nameof(Name)).GetString(), "name of inspect");
        Caller.Compare(mark, found.GetProperty("Config").GetProperty("Labels").GetProperty("campaign.mark").GetString(), "label of inspect");
        var environment = found.GetProperty("Config").GetProperty("Env").EnumerateArray().Select(variable => variable.GetString());
        Caller.Compare(
            $"MARK={mark}", environment.FirstOrDefault(variable => variable!.StartsWith("MARK=", StringComparison.Ordinal)), "environment");
        return found.GetProperty("State");
    }

    /// <summary>Removes a container if there is one; whatever comes of it.</summary>
    protected async Task RemoveAsync(string? reference)
    {
        if (reference is not null) await Caller.TryAsync("DELETE", $"/containers/{reference}?force=1&v=1", Caller.Patience);
    }
}
