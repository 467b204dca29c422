using DockerGuardProxy.Demo;
using DockerGuardProxy.Demo.Show;
using Xunit;

namespace DockerGuardProxy.Tests.Demo.Show;

public sealed class PictureFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("picture-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_probe_leaves_nothing_and_changes_nothing()
    {
        PictureFile.Probe(In("new.svg"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
        File.WriteAllText(In("old.svg"), "earlier");
        PictureFile.Probe(In("old.svg"));
        Assert.Equal("earlier", File.ReadAllText(In("old.svg")));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void A_picture_takes_the_place_of_an_earlier_one()
    {
        File.WriteAllText(In("old.svg"), "earlier, and longer");
        var picture = PictureFile.Probe(In("old.svg"));
        picture.Save("later");
        Assert.Equal((In("old.svg"), "later"), (picture.Path, File.ReadAllText(In("old.svg"))));
        Assert.Single(Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void Links_stay_links()
    {
        File.WriteAllText(In("old.svg"), "earlier");
        File.CreateSymbolicLink(In("link.svg"), "old.svg");
        PictureFile.Probe(In("link.svg")).Save("later");
        Assert.Equal("later", File.ReadAllText(In("old.svg")));
        Assert.Equal("old.svg", new FileInfo(In("link.svg")).LinkTarget);
    }

    [Fact]
    public void A_folder_that_goes_meanwhile_is_told()
    {
        var folder = Directory.CreateDirectory(In("there")).FullName;
        var picture = PictureFile.Probe(Path.Combine(folder, "picture.svg"));
        Directory.Delete(folder);
        Assert.Contains(folder, Assert.Throws<DemoException>(() => picture.Save("late")).Message, StringComparison.Ordinal);
    }

    private string In(string name) => Path.Combine(_folder, name);
}
