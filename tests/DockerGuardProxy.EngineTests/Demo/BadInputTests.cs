using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Demo;

/// <summary>What makes a play impossible is told in one line before anything is played.</summary>
public sealed class BadInputTests
{
    /// <summary>A picture's path ({0} is a folder), and what is wrong with it.</summary>
    public static TheoryData<string, string> Pictures => new()
    {
        { "{0}/missing/picture.svg", "its folder is not there" },
        { "{0}", "a directory" },
        { "{0}/new/", "a directory" },
        { "/dev/full", "not a regular file" },
        { "{0}/fifo", "not a regular file" },
        { "{0}/link", "not a regular file" },
        { "/sys/picture.svg", "" },
        { "", "no name" },
    };

    [Theory]
    [MemberData(nameof(Pictures))]
    public async Task A_picture_that_cannot_be_written_is_told_at_once(string path, string reason)
    {
        await using var demo = new DemoProcess();
        var folder = Directory.CreateDirectory(Path.Combine(demo.Folder, "pictures")).FullName;
        await Command.RunAsync(["mkfifo", Path.Combine(folder, "fifo")]);
        File.CreateSymbolicLink(Path.Combine(folder, "link"), "/dev/full");
        demo.Picture = string.Format(null, path, folder);
        Assert.Equal(1, await demo.Start().EndAsync());
        var line = Assert.Single(demo.Errors);
        Assert.StartsWith($"docker-guard-proxy-demo: no picture can be written to {(path.Length == 0 ? "\"\"" : demo.Picture)}: {reason}", line, StringComparison.Ordinal);
        Assert.Empty(demo.Output);
        Assert.Equal(["fifo", "link"], Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order());
        Directory.Delete(folder, recursive: true);
        demo.AssertClean();
    }

    [Fact]
    public async Task A_full_disk_is_told_at_once()
    {
        await using var demo = new DemoProcess();
        Assert.Equal(0, (await Command.RunAsync(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", demo.Temporary])).ExitCode);
        Assert.Equal(1, await demo.Start().EndAsync());
        Assert.Contains("No space left on device", Assert.Single(demo.Errors), StringComparison.Ordinal);
        Assert.Empty(demo.Output);
        Assert.Equal(0, (await Command.RunAsync(["umount", demo.Temporary])).ExitCode);

        // The picture's disk.
        var small = Directory.CreateDirectory(Path.Combine(demo.Folder, "small")).FullName;
        Assert.Equal(0, (await Command.RunAsync(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", small])).ExitCode);
        await using var second = new DemoProcess { Picture = Path.Combine(small, "picture.svg") };
        Assert.Equal(1, await second.Start().EndAsync());
        Assert.StartsWith(
            $"docker-guard-proxy-demo: no picture can be written to {second.Picture}: ", Assert.Single(second.Errors), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(small));
        Assert.Equal(0, (await Command.RunAsync(["umount", small])).ExitCode);
        Directory.Delete(small);
        demo.AssertClean();
        second.AssertClean();
    }

    [Fact]
    public async Task A_temporary_folder_that_is_not_there_is_told_at_once()
    {
        await using var demo = new DemoProcess();
        demo.Environment["TMPDIR"] = "/nowhere";
        Assert.Equal(1, await demo.Start().EndAsync());
        Assert.StartsWith("docker-guard-proxy-demo: no temporary folder in /nowhere/", Assert.Single(demo.Errors), StringComparison.Ordinal);
        demo.AssertClean();
    }
}
