using DockerGuardProxy.Files;
using DockerGuardProxy.Tests.Configuration;
using Xunit;

namespace DockerGuardProxy.Tests.Files;

public sealed class WholeFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_can_be_read_and_what_could_not_be_is_not_written()
    {
        var path = _folder["f"];
        WholeFile.Write(path, new byte[SmallFile.MaxBytes]);
        Assert.Equal(SmallFile.MaxBytes, SmallFile.Read(path).Bytes!.Length);
        Assert.Throws<IOException>(() => WholeFile.Write(path, new byte[SmallFile.MaxBytes + 1]));
        Assert.Equal(SmallFile.MaxBytes, SmallFile.Read(path).Bytes!.Length);
    }
}
