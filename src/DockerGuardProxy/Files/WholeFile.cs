namespace DockerGuardProxy.Files;

/// <summary>Writes a small file that only root may read, whole or not at all.</summary>
internal static class WholeFile
{
    /// <summary>By a new file and a rename: a reader finds the old or the new one, whole.</summary>
    /// <exception cref="IOException">
    /// It could not be written, or is larger than what <see cref="SmallFile.Read"/> reads; the old one is as it was.
    /// </exception>
    /// <exception cref="UnauthorizedAccessException">The same, by its rights.</exception>
    public static void Write(string path, byte[] content)
    {
        if (content.Length > SmallFile.MaxBytes)
            throw new IOException("larger than 1 MiB, and could not be read again");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var fresh = path + ".new";
        // Made anew, never opened: a link that somebody laid there is not followed.
        File.Delete(fresh);
        using (var stream = new FileStream(fresh, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(fresh, path, overwrite: true);
    }
}
