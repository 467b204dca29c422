namespace DockerGuardProxy.Demo;

/// <summary>
/// What could not be cleaned up, each in one line, for the user to do. Cleaning up never throws: what comes after it must be done too.
/// </summary>
internal sealed class Leftovers
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines => _lines;

    public void Add(string line) => _lines.Add(line);
}
