using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace DockerGuardProxy.Tests.House;

/// <summary>Names by type, which no rule of <c>.editorconfig</c> can ask for.</summary>
public sealed class NamesTests
{
    [Fact]
    public void A_lock_is_the_gate_and_a_token_says_that_it_cancels() => Assert.Empty(
        SourceFiles.All().SelectMany(file => Misnamed(File.ReadAllText(file)).Select(name => $"{SourceFiles.Name(file)}: {name}")));

    [Theory]
    [InlineData("class C { readonly Lock _sync = new(); }", "_sync")]
    [InlineData("class C { readonly Lock _gate = new(); }", null)]
    [InlineData("class C { static readonly Lock Gate = new(); }", null)]
    [InlineData("class C { readonly Lock _read = new(); readonly Lock _write = new(); }", null)]
    [InlineData("class C { void M(CancellationToken end) { } }", "end")]
    [InlineData("class C { void M(CancellationToken cancellationToken) { } }", null)]
    [InlineData("class C { void M(CancellationToken stoppingToken) { } }", null)]
    [InlineData("class C { void M(CancellationToken starting, CancellationToken stopping) { } }", null)]
    public void Only_the_house_name_passes_where_there_is_one_of_a_kind(string code, string? misnamed) =>
        Assert.Equal(misnamed is null ? [] : [misnamed], Misnamed(code));

    // Two of a kind are told apart by what they are for.
    private static IEnumerable<string> Misnamed(string code)
    {
        var nodes = CSharpSyntaxTree.ParseText(code, cancellationToken: TestContext.Current.CancellationToken)
            .GetRoot(TestContext.Current.CancellationToken).DescendantNodes().ToList();
        var locks = nodes.OfType<TypeDeclarationSyntax>().Select(type => type.Members.OfType<FieldDeclarationSyntax>()
            .Where(field => field.Declaration.Type.ToString() == "Lock").SelectMany(field => field.Declaration.Variables)
            .Select(variable => variable.Identifier.Text).ToList());
        // A service's token, so named by BackgroundService, keeps its name within the service.
        var tokens = nodes.OfType<MethodDeclarationSyntax>().Select(method => method.ParameterList.Parameters
            .Where(parameter => parameter.Type?.ToString() == "CancellationToken").Select(parameter => parameter.Identifier.Text).ToList());
        return locks.Where(names => names is [not ("_gate" or "Gate")])
            .Concat(tokens.Where(names => names is [not ("cancellationToken" or "stoppingToken")]))
            .SelectMany(names => names);
    }
}
