using System.Text;

namespace DockerGuardProxy.Demo;

/// <summary>A temporary folder of the demo's own (in TMPDIR), so that no socket of it can be in use; removed with all that is in it.</summary>
internal sealed class DemoFolder : IDisposable
{
    // unix(7): a socket's path has at most 107 bytes.
    private const int LongestSocketPath = 107;

    private readonly string _path;

    /// <exception cref="DemoException">It can't be made.</exception>
    public DemoFolder()
    {
        try
        {
            _path = Directory.CreateTempSubdirectory("guard-demo-").FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DemoException($"no temporary folder in {Path.GetTempPath()}: {e.Message}; set TMPDIR to another one");
        }
    }

    /// <summary>The path of something in the folder.</summary>
    public string Of(string name) => Path.Combine(_path, name);

    /// <summary>The path of a socket in the folder.</summary>
    /// <exception cref="DemoException">It would be too long.</exception>
    public string Socket(string name) => Encoding.UTF8.GetByteCount(Of(name)) <= LongestSocketPath
        ? Of(name)
        : throw new DemoException($"{Of(name)}: too long for a socket; set TMPDIR to a shorter one");

    public void Dispose() => Directory.Delete(_path, recursive: true);
}
