using System.Diagnostics;
using System.Runtime.InteropServices;
using DockerGuardProxy.Files;
using DockerGuardProxy.Tests.Configuration;
using Xunit;

namespace DockerGuardProxy.Tests.Files;

public sealed partial class SmallFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Reads_the_bytes()
    {
        File.WriteAllBytes(_folder["f"], [0xEF, 0xBB, 0xBF, 1, 2]);
        Assert.Equal([0xEF, 0xBB, 0xBF, 1, 2], SmallFile.Read(_folder["f"]).Bytes!);
    }

    [Fact]
    public void Tells_a_missing_file_from_others()
    {
        Assert.Equal(new FileContent(null, "No such file or directory", true), SmallFile.Read(_folder["none"]));
        File.WriteAllText(_folder["f"], "");
        Assert.Equal(new FileContent(null, "Not a directory", false), SmallFile.Read(_folder["f/below"]));
    }

    [Fact]
    public void A_folder_is_no_file() =>
        Assert.Equal(new FileContent(null, "is a directory", false), SmallFile.Read(Path.GetTempPath()));

    [Fact]
    public void A_limit_keeps_garbage_out_of_memory()
    {
        File.WriteAllBytes(_folder["big"], new byte[10 << 20]);
        Assert.Equal("larger than 1 MiB", SmallFile.Read(_folder["big"]).Error);
        File.WriteAllBytes(_folder["fits"], new byte[SmallFile.MaxBytes]);
        Assert.Equal(SmallFile.MaxBytes, SmallFile.Read(_folder["fits"]).Bytes!.Length);
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/null")]
    public void A_device_is_not_read(string path) => Assert.Equal("not a regular file", SmallFile.Read(path).Error);

    [Fact]
    public void A_fifo_without_writer_does_not_hang()
    {
        using (var mkfifo = Process.Start("mkfifo", _folder["fifo"]))
            mkfifo.WaitForExit();
        Assert.Equal("not a regular file", SmallFile.Read(_folder["fifo"]).Error);
    }

    [Fact]
    public void A_forbidden_file_is_not_a_missing_one()
    {
        File.WriteAllText(_folder["secret"], "{}");
        File.SetUnixFileMode(_folder["secret"], UnixFileMode.None);
        // Root may read everything; the file system user id of this one thread takes that away, and nothing in between awaits.
        var mine = SetFsUid(65534);
        try
        {
            Assert.Equal(new FileContent(null, "Permission denied", false), SmallFile.Read(_folder["secret"]));
        }
        finally
        {
            _ = SetFsUid(mine);
        }
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    private static partial int SetFsUid(int id);
}
