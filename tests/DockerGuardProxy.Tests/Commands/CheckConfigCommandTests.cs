using System.CommandLine;
using DockerGuardProxy.Commands;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Tests.Configuration;
using Xunit;

namespace DockerGuardProxy.Tests.Commands;

public sealed class CheckConfigCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_good_file_is_valid()
    {
        _folder.With("{}");
        var (code, output, errors) = Run(_folder.Sources.File);
        Assert.Equal((0, $"{_folder.Sources.File}: valid\n", ""), (code, output, errors));
    }

    [Fact]
    public void A_bad_one_fails_with_every_error()
    {
        _folder.With("""{ "guard": { "mode": "x", "patiense": "1s" } }""");
        var (code, output, errors) = Run(_folder.Sources.File, "--json");
        Assert.Equal((2, ""), (code, output));
        Assert.Equal(
            """
            guard.mode: "x" is none of off, observe, enforce
            guard.patiense: unknown key; did you mean guard.patience?

            """,
            errors);
    }

    [Fact]
    public void A_missing_one_fails()
    {
        var (code, _, errors) = Run(_folder["none.json"]);
        Assert.Equal(2, code);
        Assert.Equal($"{_folder["none.json"]}: cannot be read: No such file or directory\n", errors);
    }

    [Fact]
    public void Json_prints_what_is_in_effect()
    {
        _folder.With("""{ "guard": { "patience": "90s" } }""");
        var (code, output, errors) = Run("--json", _folder.Sources.File);
        Assert.Equal((0, ""), (code, errors));
        var printed = ConfigurationLoader.LoadAlone(System.Text.Encoding.UTF8.GetBytes(output), "printed");
        Assert.Empty(printed.Errors);
        Assert.Equal(
            ["guard.patience: \"11s\" -> \"1m30s\""],
            ConfigurationJson.Compare(ProxyConfiguration.Default, printed.Configuration).Select(c => c.ToString()));
    }

    private static (int Code, string Output, string Errors) Run(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var result = new RootCommand { CheckConfigCommand.Create() }.Parse(["check-config", .. arguments]);
        var code = result.Invoke(new InvocationConfiguration { Output = output, Error = errors });
        return (code, output.ToString(), errors.ToString());
    }
}
