using DockerGuardProxy.Engine;
using Xunit;

namespace DockerGuardProxy.Tests.Engine;

public sealed class PidFileIdentityTests : IDisposable
{
    private const string Fields = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 987654 20 21";

    private readonly string _folder = Directory.CreateTempSubdirectory("guard").FullName;

    [Theory]
    [InlineData("42", "42 (dockerd) " + Fields, 987654L)]
    [InlineData("42\n", "42 (a) b (c) " + Fields, 987654L)]
    [InlineData("", "42 (dockerd) " + Fields, null)]
    [InlineData("-42", "42 (dockerd) " + Fields, null)]
    [InlineData("../42", "42 (dockerd) " + Fields, null)]
    [InlineData("43", "42 (dockerd) " + Fields, null)]
    [InlineData("42", "42 (dockerd) S 1 2 3", null)]
    [InlineData("42", "", null)]
    public void The_pid_and_its_start_name_a_process(string pid, string stat, long? start)
    {
        var file = Path.Combine(_folder, "docker.pid");
        File.WriteAllText(file, pid);
        Directory.CreateDirectory(Path.Combine(_folder, "42"));
        File.WriteAllText(Path.Combine(_folder, "42", "stat"), stat);
        Assert.Equal(start is { } ticks ? new EngineInstance(42, ticks) : null, new PidFileIdentity(file, _folder).Read());
    }

    [Fact]
    public void Without_a_pid_file_nothing_is_told() =>
        Assert.Null(new PidFileIdentity(Path.Combine(_folder, "none"), "/proc").Read());

    [Theory]
    [InlineData("fifo")]
    [InlineData("huge")]
    public async Task What_lies_at_its_path_neither_blocks_nor_fills_the_memory(string kind)
    {
        var file = Path.Combine(_folder, "docker.pid");
        if (kind == "huge")
        {
            File.WriteAllText(file, "42" + new string(' ', 2 << 20));
            Directory.CreateDirectory(Path.Combine(_folder, "42"));
            File.WriteAllText(Path.Combine(_folder, "42", "stat"), "42 (dockerd) " + Fields);
        }
        else
        {
            using var mkfifo = System.Diagnostics.Process.Start("mkfifo", file);
            await mkfifo.WaitForExitAsync(Samples.Cancel);
        }

        // On a thread of its own: the test is to fail, not to hang.
        var read = Task.Factory.StartNew(
            () => new PidFileIdentity(file, _folder).Read(), Samples.Cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        Assert.Null(await read.WaitAsync(TimeSpan.FromSeconds(10), Samples.Cancel));
    }

    [Fact]
    public void It_reads_a_real_proc()
    {
        var file = Path.Combine(_folder, "docker.pid");
        File.WriteAllText(file, Environment.ProcessId.ToString());
        Assert.True(new PidFileIdentity(file, "/proc").Read()?.StartTime > 0);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void No_pid_file_is_no_identity() => Assert.Null(new PidFileIdentity("", "/proc").Read());
}
