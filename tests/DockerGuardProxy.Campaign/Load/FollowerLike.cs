using System.Globalization;
using System.Text;
using DockerGuardProxy.Campaign.Wire;

namespace DockerGuardProxy.Campaign.Load;

/// <summary>Runs a container that writes for some seconds, and follows its logs to their end, as log shippers do.</summary>
internal sealed class FollowerLike(Site site, string name, ulong seed) : LoadClient(site, name, seed)
{
    private const int LeastLines = 100, MostLines = 1000;
    private string? _id;

    protected override async Task StepAsync()
    {
        var (mark, lines) = (NewMark(), Numbers.Between(LeastLines, MostLines));
        var command = string.Create(
            CultureInfo.InvariantCulture,
            $"i=0; while [ $i -lt {lines} ]; do i=$((i+1)); echo $MARK $i; [ $((i%20)) != 0 ] || sleep 0.1; done");
        var id = _id = await CreateAsync(mark, ["sh", "-c", command], []);
        await Caller.CallAsync("POST", $"/containers/{id}/start", null, 204);
        byte[] framed;
        using (var stream = await Caller.OpenAsync("GET", $"/containers/{mark}/logs?follow=1&stdout=1&stderr=1"))
        {
            framed = await Caller.RestAsync(stream, $"followed logs of {mark}");
        }

        var expected = string.Concat(Enumerable.Range(1, lines).Select(line => string.Create(CultureInfo.InvariantCulture, $"{mark} {line}\n")));
        Caller.CompareLines(Encoding.ASCII.GetBytes(expected), Multiplexed.Output(framed), $"followed logs of {mark}");
        await Caller.EndAsync("DELETE", $"/containers/{id}?force=1&v=1", id, 204);
        _id = null;
    }

    protected override async Task LostAsync()
    {
        await RemoveAsync(_id);
        _id = null;
    }
}
