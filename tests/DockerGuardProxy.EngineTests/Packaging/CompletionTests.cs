using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Packaging;

/// <summary>The shells' completion, typed into real shells.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("docker-guard-proxy vers", "commit ")]
    [InlineData("docker-guard-proxy status --hel", "Look again every 2 s until interrupted.")]
    [InlineData("true && docker-guard-proxy vers", "commit ")]
    [InlineData("docker-guard-proxy check-config ./certainly-here", "certainly-here.json: valid")]
    public async Task Zsh_completes_what_the_program_offers_and_files(string typed, string expected)
    {
        var folder = Directory.CreateDirectory(Machine.NewPath("z")).FullName;
        File.Copy(Path.Combine(Machine.Repository, "packaging/completion.zsh"), Path.Combine(folder, "_docker-guard-proxy"));
        await File.WriteAllTextAsync(Path.Combine(folder, "certainly-here.json"), "{}");

        // A terminal of its own: completion is for those only. What is typed after the tab runs what was completed.
        var result = await Command.RunAsync(
        [
            "zsh", "-f", "-c", """
            zmodload zsh/zpty
            cd $1
            zpty shell zsh -f -i
            zpty -w shell "PATH=$2:\$PATH; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D; PS1='> '; print ready-''7"
            zpty -r shell out '*ready-7*'
            zpty -w -n shell "$3"$'\t\n'
            zpty -w shell "print over-''7"
            zpty -r shell out '*over-7*'
            print -r -- $out
            zpty -d shell
            """, "zsh", folder, Path.GetDirectoryName(Proxy.Program)!, typed,
        ], limit: TimeSpan.FromSeconds(60));
        Assert.Contains(expected, result.Output, StringComparison.Ordinal);
    }
}
