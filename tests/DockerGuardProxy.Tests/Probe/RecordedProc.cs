using DockerGuardProxy.Probe;
using DockerGuardProxy.Tests.House;

namespace DockerGuardProxy.Tests.Probe;

/// <summary>
/// What a kernel has shown of a container, in a folder of its own: one of the texts that <c>tests/kernels/record</c> writes. They have the files
/// of two samples, and of the second one only those that differ: <c>=== PATH</c> with the text below, <c>=== PATH: TEXT</c> for a text without
/// an end of line, <c>=== PATH = PATH</c> for a copy and <c>=== PATH -> TARGET</c> for a link.
/// </summary>
internal sealed class RecordedProc : IDisposable
{
    public const string Id = "aa0fa970609329dda024a977f6d0000b7f1fab6d9f382ea4facaaca728e47d59";

    private static readonly string Texts = Path.Combine(SourceFiles.Root, "tests/DockerGuardProxy.Tests/Probe/Kernels");

    private readonly string _folder = Directory.CreateTempSubdirectory("recorded-proc-").FullName;
    private readonly Dictionary<string, string> _files = [];
    private readonly Dictionary<string, string> _links = [];

    public RecordedProc(string name)
    {
        Root = new(Path.Combine(_folder, "proc"), _folder);
        Parse(File.ReadAllLines(Path.Combine(Texts, name + ".txt")));
        Show("first/");
    }

    /// <summary>All there are.</summary>
    public static IEnumerable<string> Names => Directory.EnumerateFiles(Texts, "*.txt").Select(file => Path.GetFileNameWithoutExtension(file));

    public ProcRoot Root { get; }

    /// <summary>Pid of the container's init.</summary>
    public int InitPid { get; private set; }

    /// <summary>A second later.</summary>
    public void GoOn() => Show("second/");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Parse(string[] lines)
    {
        string? open = null;
        foreach (var line in lines)
        {
            if (line.StartsWith("# init: ", StringComparison.Ordinal) && open is null)
                InitPid = int.Parse(line.AsSpan("# init: ".Length), System.Globalization.CultureInfo.InvariantCulture);
            if (!line.StartsWith("=== ", StringComparison.Ordinal))
            {
                if (open is not null)
                    _files[open] += line + "\n";
                continue;
            }

            var text = line["=== ".Length..];
            open = null;
            if (text.Split(" -> ") is [var link, var target])
                _links[link] = target;
            else if (text.Split(" = ") is [var copy, var other])
                _files[copy] = _files[other];
            else if (text.Split(':') is [var whole, var content])
                _files[whole] = content.TrimStart(' ');
            else
                _files[open = text] = "";
        }
    }

    private void Show(string sample)
    {
        foreach (var (path, text) in _files.Where(file => file.Key.StartsWith(sample, StringComparison.Ordinal)))
            File.WriteAllText(Place(path[sample.Length..]), text);
        foreach (var (path, target) in _links.Where(link => link.Key.StartsWith(sample, StringComparison.Ordinal)))
        {
            var place = Place(path[sample.Length..]);
            File.Delete(place);
            File.CreateSymbolicLink(place, target);
        }
    }

    // The hierarchies are mounted at /cg.
    private string Place(string path)
    {
        var place = path.StartsWith("cg/", StringComparison.Ordinal) ? Path.Combine(_folder, path) : Path.Combine(Root.Proc, path);
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        return place;
    }
}
