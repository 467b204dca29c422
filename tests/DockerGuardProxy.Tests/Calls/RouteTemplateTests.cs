using System.Text;
using DockerGuardProxy.Calls;
using Xunit;

namespace DockerGuardProxy.Tests.Calls;

public sealed class RouteTemplateTests
{
    [Theory]
    [InlineData("/build", "/build", "")]
    [InlineData("/containers/{name:.*}/kill", "/containers/a/kill", "a")]
    [InlineData("/containers/{name:.*}/kill", "/containers/kill/kill/kill", "kill/kill")]
    [InlineData("/containers/{name:.*}", "/containers/a/b", "a/b")]
    [InlineData("/services/{id}/update", "/services/a/update", "a")]
    [InlineData("/services/{id}", "/services/a", "a")]
    [InlineData("/containers/{name}/checkpoints/{checkpoint}", "/containers/a/checkpoints/b", "a")]
    public void It_takes_a_path_and_gives_the_name(string template, string path, string name)
    {
        var bytes = Encoding.ASCII.GetBytes(path);
        Assert.True(new RouteTemplate(template).TryMatch(bytes, out var found));
        Assert.Equal(name, Encoding.ASCII.GetString(bytes[found]));
    }

    [Theory]
    [InlineData("/build", "/build/")]
    [InlineData("/build", "/buil")]
    [InlineData("/build", "")]
    [InlineData("/containers/{name:.*}/kill", "/containers/kill")]
    [InlineData("/containers/{name:.*}/kill", "/containers//kill")]
    [InlineData("/containers/{name:.*}/kill", "/containers/a/kill/")]
    [InlineData("/containers/{name:.*}/kill", "/containers/a\nb/kill")]
    [InlineData("/containers/{name:.*}", "/containers/")]
    [InlineData("/containers/{name:.*}", "/containers/a/")]
    [InlineData("/services/{id}/update", "/services/a/b/update")]
    [InlineData("/services/{id}", "/services/a/b")]
    [InlineData("/services/{id}", "/services/")]
    [InlineData("/containers/{name}/checkpoints/{checkpoint}", "/containers/a/checkpoints/b/c")]
    [InlineData("/containers/{name}/checkpoints/{checkpoint}", "/containers/a/checkpoints/")]
    public void Others_it_does_not(string template, string path) =>
        Assert.False(new RouteTemplate(template).TryMatch(Encoding.ASCII.GetBytes(path), out _));

    [Fact]
    public void It_reads_well() => Assert.Equal(
        "/containers/ID/checkpoints/ID", new RouteTemplate("/containers/{name}/checkpoints/{checkpoint}").ToString());

    [Fact]
    public void A_variable_that_takes_slashes_is_the_only_one() =>
        Assert.Throws<ArgumentException>(() => new RouteTemplate("/a/{name:.*}/b/{other}"));
}
