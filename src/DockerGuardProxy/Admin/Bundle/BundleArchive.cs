using System.Formats.Tar;
using System.IO.Compression;
using System.Runtime.InteropServices;

namespace DockerGuardProxy.Admin.Bundle;

/// <summary>The archive: a gzipped tar with one folder in it, for its owner alone.</summary>
internal static class BundleArchive
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Name of the archive's folder; its file is called so by default, too.</summary>
    public static string NameAt(DateTimeOffset time) => $"docker-guard-proxy-bundle-{time.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}";

    /// <summary>Writes it. A file that is there already is not touched, and what was half written is taken away.</summary>
    /// <exception cref="IOException">It can't be written, or is there already.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder is not the caller's.</exception>
    public static void Write(string path, BundleContent content)
    {
        var file = new FileStream(
            path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly });
        try
        {
            using (file)
            {
                using var tar = new TarWriter(new GZipStream(file, CompressionLevel.Optimal), TarEntryFormat.Pax);
                foreach (var entry in content.Files())
                    tar.WriteEntry(Describe(entry, content.Time));
            }
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    private static PaxTarEntry Describe(BundleFile file, DateTimeOffset time) => new(TarEntryType.RegularFile, $"{NameAt(time)}/{file.Name}")
    {
        Mode = OwnerOnly,
        ModificationTime = time,
        DataStream = MemoryMarshal.TryGetArray(file.Content, out var bytes)
            ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count)
            : new MemoryStream(file.Content.ToArray()),
    };
}
