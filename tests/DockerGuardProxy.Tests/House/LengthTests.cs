using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace DockerGuardProxy.Tests.House;

/// <summary>What one file, or one type in several files, may be long: so much is read in one sitting.</summary>
public sealed class LengthTests
{
    /// <summary>In lines, the empty ones included.</summary>
    private const int Most = 300;

    [Fact]
    public void No_file_is_too_long() =>
        Assert.All(Sources(), source => Assert.True(LinesOf(source.Text) <= Most, $"{source.Path} has {LinesOf(source.Text)} lines"));

    [Fact]
    public void No_type_is_too_long_over_all_its_files() => Assert.Empty(TooLong(Sources()));

    [Fact]
    public void The_parts_of_a_type_are_added_up()
    {
        var lines = string.Concat(Enumerable.Repeat("\n", 150));
        var parts = new[]
        {
            ("a/A.cs", $"namespace N; partial class C<T> {{ }}{lines}"),
            ("a/A.B.cs", $"namespace N {{ partial class C<T> {{ }} }}{lines}"),
        };
        Assert.Empty(TooLong(parts));
        Assert.Equal([("a", "N.C`1", 301)], TooLong([parts[0], ("a/A.B.cs", parts[1].Item2 + "\n")]));
        Assert.Empty(TooLong([parts[0], ("b/A.B.cs", parts[1].Item2 + "\n")]));
        Assert.Empty(TooLong([parts[0], ("a/A.B.cs", "namespace N; partial class C { }" + lines + "\n")]));
    }

    private static IEnumerable<(string Project, string Type, int Lines)> TooLong(IEnumerable<(string Path, string Text)> sources) =>
        from source in sources
        let project = source.Path[..source.Path.IndexOf('/', StringComparison.Ordinal)]
        from type in CSharpSyntaxTree.ParseText(source.Text).GetRoot().DescendantNodes().OfType<TypeDeclarationSyntax>()
        where type.Modifiers.Any(SyntaxKind.PartialKeyword)
        group LinesOf(source.Text) by (project, Type: NameOf(type)) into parts
        where parts.Sum() > Most
        select (parts.Key.project, parts.Key.Type, parts.Sum());

    private static string NameOf(TypeDeclarationSyntax type) => string.Join('.', type.AncestorsAndSelf().Reverse().Select(node => node switch
    {
        BaseNamespaceDeclarationSyntax of => of.Name.ToString(),
        TypeDeclarationSyntax { TypeParameterList: { } parameters } of => $"{of.Identifier}`{parameters.Parameters.Count}",
        TypeDeclarationSyntax of => of.Identifier.ToString(),
        _ => null,
    }).OfType<string>());

    // As wc counts them.
    private static int LinesOf(string text) => text.Count(character => character == '\n');

    /// <summary>Of all projects, by a path that begins with the project's folder.</summary>
    private static IEnumerable<(string Path, string Text)> Sources([CallerFilePath] string here = "")
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../../src"));
        return Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(root, file))
            .Where(file => file.Split('/') is [_, not ("obj" or "bin"), ..])
            .Select(file => (file, File.ReadAllText(Path.Combine(root, file))));
    }
}
