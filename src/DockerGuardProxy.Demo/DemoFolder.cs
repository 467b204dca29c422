using System.Text;

namespace DockerGuardProxy.Demo;

/// <summary>A temporary folder of the demo's own (in TMPDIR), so that no socket of it can be in use; removed with all that is in it.</summary>
internal sealed class DemoFolder : IDisposable
{
    // unix(7): a socket's path has at most 107 bytes.
    private const int LongestSocketPath = 107;

    // More than all scenarios write here, the simulated /proc trees of three engines among it.
    private const int Room = 256 << 10;

    private readonly string _path;
    private readonly Leftovers _leftovers;
    private bool _isKept;

    /// <exception cref="DemoException">It can't be made.</exception>
    public DemoFolder(Leftovers leftovers)
    {
        _leftovers = leftovers;
        try
        {
            _path = Directory.CreateTempSubdirectory("guard-demo-").FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DemoException($"no temporary folder in {Path.GetTempPath()}: {e.Message}; set TMPDIR to another one");
        }
    }

    /// <summary>Looks whether there is room for all that a run writes; leaves nothing there.</summary>
    /// <exception cref="IOException">There is not.</exception>
    public void Probe()
    {
        var file = Of("room");
        try
        {
            File.WriteAllBytes(file, new byte[Room]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The path of something in the folder.</summary>
    public string Of(string name) => Path.Combine(_path, name);

    /// <summary>The path of a socket in the folder.</summary>
    /// <exception cref="DemoException">It would be too long.</exception>
    public string Socket(string name) => IsSocketPath(Of(name))
        ? Of(name)
        : throw new DemoException($"{Of(name)}: too long for a socket; set TMPDIR to a shorter one");

    /// <summary>Whether a socket can have that path.</summary>
    public static bool IsSocketPath(string path) => Encoding.UTF8.GetByteCount(path) is > 0 and <= LongestSocketPath;

    /// <summary>Leaves it where it is: a file system that is still mounted in it must not be walked through.</summary>
    public void Keep() => _isKept = true;

    public void Dispose()
    {
        if (_isKept) return;
        try
        {
            Directory.Delete(_path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _leftovers.Add($"{_path}: {e.Message}");
        }
    }
}
