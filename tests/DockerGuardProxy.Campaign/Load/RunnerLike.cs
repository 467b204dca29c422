using System.Formats.Tar;
using System.Globalization;
using System.Text;
using DockerGuardProxy.Campaign.Wire;

namespace DockerGuardProxy.Campaign.Load;

/// <summary>
/// Runs one job after the other, as a CI runner does: puts its files into a new container and reads them back, attaches, starts, waits, compares
/// output, log and exit code, removes it.
/// </summary>
internal sealed class RunnerLike(Site site, string name, ulong seed) : LoadClient(site, name, seed)
{
    private const int MostLines = 5000, MostFile = 300_000;
    private string? _id;

    protected override async Task StepAsync()
    {
        var (mark, lines, code) = (NewMark(), Numbers.Between(1, MostLines), Numbers.Between(0, 100));
        var command = string.Create(CultureInfo.InvariantCulture, $"cat /tmp/job >/dev/null; yes \"$MARK\" | head -n {lines}; exit {code}");
        var id = _id = await CreateAsync(mark, ["sh", "-c", command], []);
        await CopyAsync(id, mark);

        var expected = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(mark + "\n", lines)));
        using (var stream = await Caller.OpenAsync("POST", $"/containers/{id}/attach?stream=1&stdout=1&stderr=1"))
        {
            var attached = Caller.RestAsync(stream, $"output of {mark}");
            await Caller.CallAsync("POST", $"/containers/{id}/start", null, 204);
            var waited = (await Caller.CallAsync("POST", $"/containers/{id}/wait", null, 200)).Json();
            Caller.Expect(code.ToString(CultureInfo.InvariantCulture), waited.GetProperty("StatusCode").ToString(), "exit code of wait");
            Caller.CompareLines(expected, Multiplexed.Output(await attached), $"output of {mark}");
        }

        var logs = (await Caller.CallAsync("GET", $"/containers/{id}/logs?stdout=1", null, 200)).Body;
        Caller.CompareLines(expected, Multiplexed.Output(logs), $"logs of {mark}");
        await Caller.EndAsync("DELETE", $"/containers/{mark}?force=1&v=1", id, 204);
        _id = null;
    }

    protected override async Task LostAsync()
    {
        await RemoveAsync(_id);
        _id = null;
    }

    /// <summary>A file of random bytes into the container and back.</summary>
    private async Task CopyAsync(string id, string mark)
    {
        var content = new byte[Numbers.Between(1, MostFile)];
        for (var at = 0; at < content.Length; at++)
            content[at] = at % 8 == 0 ? (byte)Numbers.Next() : (byte)(content[at - 1] * 31 + 7);
        Encoding.ASCII.GetBytes(mark).AsSpan(0, Math.Min(mark.Length, content.Length)).CopyTo(content);
        using var packed = new MemoryStream();
        await using (var writer = new TarWriter(packed, TarEntryFormat.Ustar, leaveOpen: true))
        {
            await writer.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, "job") { DataStream = new MemoryStream(content) });
        }

        await Caller.SendAsync("PUT", $"/containers/{id}/archive?path=/tmp", packed.ToArray(), "application/x-tar", 200);
        var answer = await Caller.CallAsync("GET", $"/containers/{id}/archive?path=/tmp/job", null, 200);
        await using var reader = new TarReader(new MemoryStream(answer.Body));
        using var back = new MemoryStream();
        if (await reader.GetNextEntryAsync() is { DataStream: { } data }) await data.CopyToAsync(back);
        Caller.Compare(content, back.ToArray(), $"file copied from {mark}");
    }
}
