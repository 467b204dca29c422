using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Xunit;

namespace DockerGuardProxy.Tests.House;

/// <summary>How wide a line may be, by the <c>max_line_length</c> of <c>.editorconfig</c>: nothing else looks at that.</summary>
public sealed class LineLengthTests
{
    /// <summary>Columns from which on a text may make its line longer than all others: cut in two, it would be found by no search.</summary>
    private const int LongText = 100;

    private const string Setting = "max_line_length = ";

    private static readonly int Limit = int.Parse(
        File.ReadLines(Path.Combine(SourceFiles.Root, ".editorconfig"))
            .Single(line => line.StartsWith(Setting, StringComparison.Ordinal)).AsSpan(Setting.Length),
        CultureInfo.InvariantCulture);

    [Fact]
    public void No_line_of_code_is_longer_than_the_limit() => AssertNone(
        SourceFiles.All().SelectMany(file => LongLines(SourceFiles.Name(file), File.ReadAllText(file))));

    [Fact]
    public void No_line_of_the_documents_is_longer_than_the_limit() => AssertNone(
        Directory.EnumerateFiles(SourceFiles.Root, "*.md").Concat(SourceFiles.Below("docs", "*.md"))
            .SelectMany(file => LongProse(SourceFiles.Name(file), File.ReadAllLines(file))));

    [Theory]
    [InlineData("// {0}", 148, true)]
    [InlineData("// {0}", 147, false)]
    [InlineData("var x{0} = 1;", 142, true)]
    [InlineData("var x = \"{0}\";", 139, false)]
    [InlineData("var x = $\"{0}\";", 139, false)]
    [InlineData("var x = $\"\"\"{0}\"\"\";", 139, false)]
    [InlineData("var x = \"\"\"\n{0}\n\"\"\";", 151, false)]
    [InlineData("var x = \"x\"; // {0}", 139, true)]
    public void Only_a_long_text_makes_a_line_longer(string code, int columns, bool isLong) =>
        Assert.Equal(isLong, LongLines("x.cs", string.Format(CultureInfo.InvariantCulture, code, new string('x', columns))).Any());

    private static void AssertNone(IEnumerable<string> lines)
    {
        var all = string.Join('\n', lines);
        Assert.True(all.Length == 0, all);
    }

    // Not the rows of a table and the commands of a block, which can't be wrapped.
    private static IEnumerable<string> LongProse(string file, string[] lines)
    {
        var isBlock = false;
        for (var index = 0; index < lines.Length; index++)
        {
            isBlock ^= lines[index].StartsWith("```", StringComparison.Ordinal);
            if (lines[index].Length > Limit && !isBlock && !lines[index].StartsWith('|'))
                yield return $"{file}:{index + 1}";
        }
    }

    private static IEnumerable<string> LongLines(string file, string code)
    {
        var lines = code.Split('\n');
        if (lines.All(line => line.Length <= Limit))
            return [];

        // Where a text of that length stands; one of several lines may be as wide as what it shows.
        var text = CSharpSyntaxTree.ParseText(code, cancellationToken: TestContext.Current.CancellationToken);
        var excused = new HashSet<int>();
        foreach (var node in text.GetRoot(TestContext.Current.CancellationToken).DescendantNodes())
        {
            if (!node.IsKind(SyntaxKind.StringLiteralExpression) && !node.IsKind(SyntaxKind.InterpolatedStringExpression)
                && !node.IsKind(SyntaxKind.Utf8StringLiteralExpression))
            {
                continue;
            }

            var place = text.GetLineSpan(node.Span, TestContext.Current.CancellationToken);
            var (first, last) = (place.StartLinePosition.Line, place.EndLinePosition.Line);
            if (first < last || node.Span.Length > LongText)
                excused.UnionWith(Enumerable.Range(first, last - first + 1));
        }

        return Enumerable.Range(0, lines.Length).Where(index => lines[index].Length > Limit && !excused.Contains(index))
            .Select(index => $"{file}:{index + 1}");
    }
}
