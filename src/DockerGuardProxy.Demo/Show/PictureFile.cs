namespace DockerGuardProxy.Demo.Show;

/// <summary>
/// Where the picture goes. Whether it can be written is found out before anything is played; it is written beside its place and renamed, so that a
/// picture of an earlier run is there until the new one is whole.
/// </summary>
internal sealed class PictureFile
{
    // Twice what a picture has: want of space is told at once too.
    private const int Room = 64 << 10;

    private readonly string _target;

    private PictureFile(string target) => _target = target;

    /// <summary>Its full path, all links followed.</summary>
    public string Path => _target;

    /// <summary>Looks whether a picture can be written to <paramref name="path"/>; leaves nothing there.</summary>
    /// <exception cref="DemoException">It can't.</exception>
    public static PictureFile Probe(string path)
    {
        if (path.Length == 0) throw Refused(path, "no name");
        try
        {
            var full = System.IO.Path.GetFullPath(path);
            var target = new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
            if (Directory.Exists(target) || System.IO.Path.EndsInDirectorySeparator(full)) throw Refused(path, "a directory");
            if (!Directory.Exists(System.IO.Path.GetDirectoryName(target))) throw Refused(path, "its folder is not there");
            if (File.Exists(target))
            {
                // Before it is opened, which waits at a FIFO, and renamed to, which would replace a device.
                if (!FileType.IsRegular(target)) throw Refused(path, "not a regular file");
                using var existing = File.OpenHandle(target, FileMode.Open, FileAccess.Write);
            }

            var picture = new PictureFile(target);
            var beside = picture.Beside();
            try
            {
                using var room = new FileStream(
                    beside, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = Room });
            }
            finally
            {
                File.Delete(beside);
            }

            return picture;
        }
        catch (UnauthorizedAccessException)
        {
            throw Refused(path, "no permission");
        }
        catch (IOException e)
        {
            throw Refused(path, e.Message);
        }
    }

    /// <summary>Puts a picture there.</summary>
    /// <exception cref="DemoException">It can't be written; an earlier one is as it was.</exception>
    public void Save(string svg)
    {
        var beside = Beside();
        try
        {
            File.WriteAllText(beside, svg);
            File.Move(beside, _target, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (File.Exists(beside)) File.Delete(beside);
            throw Refused(_target, e.Message);
        }
    }

    // Short, so that no name that can be had is too long for it; two demos at once have two.
    private string Beside() =>
        System.IO.Path.Combine(System.IO.Path.GetDirectoryName(_target)!, $".guard-demo-{System.IO.Path.GetRandomFileName()}");

    private static DemoException Refused(string path, string reason) =>
        new($"no picture can be written to {(path.Length == 0 ? "\"\"" : path)}: {reason}; name another place by --picture");
}
