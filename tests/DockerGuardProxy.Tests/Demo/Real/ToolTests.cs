using DockerGuardProxy.Demo;
using DockerGuardProxy.Demo.Real;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Real;

public sealed class ToolTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tool-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_a_terminals_signal_hit_at_its_start_is_run_again()
    {
        var mark = Path.Combine(_folder, "mark");
        await Tool.RunAsync("sh", "-c", "[ -e \"$0\" ] && exit 0; : >\"$0\"; kill -HUP $$; exit 129", mark);
        Assert.True(File.Exists(mark));
    }

    [Fact]
    public async Task A_failure_is_told_by_its_first_line()
    {
        var told = await Assert.ThrowsAsync<DemoException>(() => Tool.RunAsync("sh", "-c", "echo first >&2; echo second >&2; exit 3"));
        Assert.Equal("sh failed (3): first", told.Message);
    }

    [Fact]
    public async Task What_is_not_installed_is_named()
    {
        var told = await Assert.ThrowsAsync<DemoException>(() => Tool.RunAsync("no-such-tool-anywhere"));
        Assert.Equal("no-such-tool-anywhere is needed and not installed", told.Message);
    }
}
