using System.Formats.Tar;
using System.Text;

namespace DockerGuardProxy.Campaign.Load;

/// <summary>
/// Builds an image from a file of random bytes, which a command of the build copies; saves the image, looks for the copy in it, removes it.
/// </summary>
internal sealed class BuilderLike(Site site, string name, ulong seed) : LoadClient(site, name, seed)
{
    private const int MostFile = 100_000;
    private string? _image;

    protected override async Task StepAsync()
    {
        var mark = NewMark();
        var content = new byte[Numbers.Between(1, MostFile)];
        for (var at = 0; at < content.Length; at++)
            content[at] = at % 8 == 0 ? (byte)Numbers.Next() : (byte)(content[at - 1] * 31 + 7);
        _image = mark;
        // Quiet: the answer begins when the build has ended, and an error is its status.
        await Caller.SendAsync(
            "POST", $"/build?t={mark}&q=1&rm=1&forcerm=1&nocache=1&networkmode=none", Context(mark, content), "application/x-tar", 200);
        var labels = (await Caller.CallAsync("GET", $"/images/{mark}/json", null, 200)).Json().GetProperty("Config").GetProperty("Labels");
        Caller.Compare(mark, labels.GetProperty("campaign.mark").GetString(), "label of an image");
        var saved = await Caller.CallAsync("GET", $"/images/{mark}/get", null, 200);
        Caller.Compare(content, Copied(saved.Body) ?? [], $"the copy in the saved image {mark}");
        await Caller.CallAsync("DELETE", $"/images/{mark}", null, 200);
        _image = null;
    }

    protected override async Task LostAsync()
    {
        if (_image is not null) await Caller.TryAsync("DELETE", $"/images/{_image}?force=1", Caller.Patience);
        _image = null;
    }

    private static byte[] Context(string mark, byte[] content)
    {
        using var context = new MemoryStream();
        using (var writer = new TarWriter(context, TarEntryFormat.Ustar, leaveOpen: true))
        {
            var file = $"FROM lab\nCOPY job /job\nRUN cat /job >/copy\nLABEL campaign.mark={mark}\n";
            foreach (var (name, bytes) in new[] { ("Dockerfile", Encoding.ASCII.GetBytes(file)), ("job", content) })
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
        }

        return context.ToArray();
    }

    /// <summary>The file that the build has made: layers are archives within the archive. Null where it is in none of them.</summary>
    private static byte[]? Copied(byte[] saved)
    {
        using var outer = new TarReader(new MemoryStream(saved));
        while (outer.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is not { Length: > 512 } data || !IsArchive(data)) continue;
            using var layer = new TarReader(data, leaveOpen: true);
            while (layer.GetNextEntry() is { } file)
            {
                if (file.Name.TrimStart('/') != "copy" || file.DataStream is not { } found) continue;
                using var bytes = new MemoryStream();
                found.CopyTo(bytes);
                return bytes.ToArray();
            }
        }

        return null;
    }

    /// <summary>By the word that a head has at its place (tar(5)); leaves the stream at its begin.</summary>
    private static bool IsArchive(Stream data)
    {
        var head = new byte[512];
        data.ReadExactly(head);
        data.Position = 0;
        return head.AsSpan(257, 5).SequenceEqual("ustar"u8);
    }
}
