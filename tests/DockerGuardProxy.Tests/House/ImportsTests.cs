using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace DockerGuardProxy.Tests.House;

/// <summary>
/// The house in words: which folder of the daemon may know which. Read from symbols, not from lines, so that a qualified name, an alias or a
/// global using counts like any other.
/// </summary>
public sealed class ImportsTests
{
    private const string Root = "DockerGuardProxy";

    /// <summary>From the ground up. A folder may know only what stands above it here, and of that only what its line names.</summary>
    private static readonly (string Folder, string[] Knows)[] Table =
    [
        // Ground: words for people; files; Unix sockets; timers; evidence; pure rules of calls, and of where messages end.
        ("Text", []),
        ("Files", ["Text"]),
        ("Sockets", ["Text", "Files"]),
        ("Timing", []),
        ("Probe", ["Text"]),
        ("Calls", []),

        // The ledger and its rules; settings; the index of containers and the engine's vitals.
        ("Guard", ["Sockets", "Timing", "Probe", "Calls"]),
        ("Configuration", ["Text", "Files", "Timing", "Calls", "Guard"]),
        ("Engine", ["Text", "Files", "Sockets", "Probe", "Calls"]),

        // Calls whose bytes may wait for their client.
        ("Streams", ["Sockets", "Timing", "Calls"]),

        // Connections of clients; what Kestrel and YARP make of their calls.
        ("Listen", ["Text", "Sockets", "Timing", "Configuration"]),
        ("Splice", ["Sockets", "Calls", "Streams", "Listen"]),
        ("Http", ["Sockets", "Calls", "Streams", "Listen"]),

        // The way of a call: the only place that knows Guard and Http.
        ("Route", ["Sockets", "Probe", "Calls", "Guard", "Engine", "Streams", "Listen", "Splice", "Http"]),

        // Beside the way.
        ("State", ["Text", "Files", "Timing", "Probe", "Guard", "Configuration", "Engine"]),
        ("Telemetry", ["Text", "Sockets", "Probe", "Calls", "Guard", "Configuration", "Engine", "Streams"]),
        ("Admin", ["Text", "Files", "Sockets", "Probe", "Calls", "Guard", "Configuration", "Engine", "Streams", "Listen", "Telemetry"]),
        (
            "Hosting",
            ["Sockets", "Probe", "Calls", "Guard", "Configuration", "Engine", "Streams", "Listen", "Http", "Route", "State", "Telemetry", "Admin"]),
        ("Commands", ["Text", "Files", "Configuration", "Admin", "Hosting"]),
    ];

    [Fact]
    public void The_table_points_downwards_only()
    {
        var above = new HashSet<string>();
        foreach (var (folder, knows) in Table)
        {
            Assert.All(knows, known => Assert.Contains(known, above));
            Assert.True(above.Add(folder), $"{folder} stands twice in the table");
        }
    }

    [Fact]
    public void Every_folder_knows_what_the_table_allows_and_nothing_else()
    {
        var sources = Sources();
        var cancellationToken = TestContext.Current.CancellationToken;
        var compilation = Compile(sources);
        var used = new SortedDictionary<(string From, string To), string>();
        foreach (var tree in compilation.SyntaxTrees.Where(tree => tree.FilePath.Length > 0))
        {
            var folder = FolderOf(tree.FilePath);
            if (folder.Length == 0)
                continue;
            var model = compilation.GetSemanticModel(tree);
            foreach (var name in tree.GetRoot(cancellationToken).DescendantNodes().OfType<SimpleNameSyntax>())
            {
                if (FolderOf(model.GetSymbolInfo(name, cancellationToken).Symbol) is { } known && known != folder)
                    used.TryAdd((folder, known), $"{tree.FilePath}: {name}");
            }
        }

        var allowed = Table.SelectMany(line => line.Knows.Select(known => (line.Folder, known))).ToHashSet();
        var folders = sources.Select(source => FolderOf(source.Path)).Where(folder => folder.Length > 0).ToHashSet();
        Assert.Equal(Table.Select(line => line.Folder).Order(), folders.Order());
        string[] faults =
        [
            .. used.Where(use => !allowed.Contains(use.Key)).Select(use => $"{use.Key.From} must not know {use.Key.To}, but {use.Value}"),
            .. allowed.Where(edge => !used.ContainsKey(edge)).Select(edge => $"{edge.Folder} no longer knows {edge.known}: take it out of the table"),
        ];
        Assert.True(faults.Length == 0, string.Join('\n', faults));
    }

    [Fact]
    public void Every_namespace_is_that_of_its_folder()
    {
        foreach (var (path, text) in Sources().Where(source => FolderOf(source.Path).Length > 0))
        {
            var expected = $"namespace {Root}.{Path.GetDirectoryName(path)!.Replace('/', '.')};";
            Assert.True(text.Contains(expected, StringComparison.Ordinal), $"{path} should say {expected}");
        }
    }

    [Theory]
    [InlineData("DockerGuardProxy.Guard.Ledger? x;", "Guard")]
    [InlineData("L? x;", "Guard")]
    [InlineData("System.Text.StringBuilder? x;", null)]
    public void Qualified_names_and_aliases_are_seen(string code, string? folder)
    {
        var tree = CSharpSyntaxTree.ParseText(
            $"using L = DockerGuardProxy.Guard.Ledger; class C {{ void M() {{ {code} }} }}",
            cancellationToken: TestContext.Current.CancellationToken);
        var ledger = CSharpSyntaxTree.ParseText(
            "namespace DockerGuardProxy.Guard; class Ledger;", cancellationToken: TestContext.Current.CancellationToken);
        var model = Compilation([tree, ledger]).GetSemanticModel(tree);
        var method = tree.GetRoot(TestContext.Current.CancellationToken).DescendantNodes().OfType<MethodDeclarationSyntax>().Single();
        var seen = method.Body!.DescendantNodes().OfType<SimpleNameSyntax>()
            .Select(name => FolderOf(model.GetSymbolInfo(name, TestContext.Current.CancellationToken).Symbol)).OfType<string>();
        Assert.Equal(folder is null ? [] : [folder], seen.Distinct());
    }

    private static ImmutableArray<(string Path, string Text)> Sources([CallerFilePath] string here = "")
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../src", Root));
        return
        [
            .. Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
                .Select(file => (Path: Path.GetRelativePath(root, file), file))
                .Where(
                    source => !source.Path.StartsWith("obj/", StringComparison.Ordinal) && !source.Path.StartsWith("bin/", StringComparison.Ordinal))
                .Select(source => (source.Path, File.ReadAllText(source.file))),
        ];
    }

    private static CSharpCompilation Compile(IEnumerable<(string Path, string Text)> sources)
    {
        // What ImplicitUsings adds.
        string[] implicitUsings =
            ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];
        var usings = string.Concat(implicitUsings.Select(name => $"global using {name};\n"));
        return Compilation(
        [
            CSharpSyntaxTree.ParseText(usings),
            .. sources.Select(source => CSharpSyntaxTree.ParseText(source.Text, path: source.Path)),
        ]);
    }

    // Without the source generators: what they write is called by names that are declared in the sources.
    private static CSharpCompilation Compilation(IEnumerable<SyntaxTree> trees) => CSharpCompilation.Create(
        Root,
        trees,
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetFileName(file) != "docker-guard-proxy.dll").Select(file => MetadataReference.CreateFromFile(file)),
        new CSharpCompilationOptions(OutputKind.ConsoleApplication, allowUnsafe: true));

    private static string FolderOf(string path) =>
        path.Contains('/', StringComparison.Ordinal) ? path[..path.IndexOf('/', StringComparison.Ordinal)] : "";

    // Of a type or a member of ours; null for everything else, a namespace too.
    private static string? FolderOf(ISymbol? symbol)
    {
        var type = symbol as ITypeSymbol ?? symbol?.ContainingType;
        if (symbol is IParameterSymbol or ILocalSymbol or ITypeParameterSymbol || type is null || type.ContainingAssembly?.Name != Root)
            return null;
        var parts = type.ContainingNamespace.ToDisplayString().Split('.');
        return parts is [Root, var folder, ..] ? folder : null;
    }
}
