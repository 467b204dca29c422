using System.Text;
using CsCheck;
using DockerGuardProxy.Probe;
using Xunit;

namespace DockerGuardProxy.Tests.Probe;

public sealed class CgroupPlaceTests
{
    private const string A = "aa0fa970609329dda024a977f6d0000b7f1fab6d9f382ea4facaaca728e47d59";
    private const string B = "b000000000000000000000000000000000000000000000000000000000000001";

    [Theory]
    [InlineData($"/docker/{A}")]
    [InlineData($"/system.slice/docker-{A}.scope")]
    [InlineData($"/system.slice/docker-{A}.scope (deleted)")]
    [InlineData($"/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1f2e_3d.slice/docker-{A}.scope")]
    [InlineData($"/kubepods/burstable/pod1f2e-3d/{A}")]
    [InlineData($"/kubepods-besteffort-pod1f2e.slice:docker:{A}")]
    [InlineData($"/docker/{A}/init.scope")]
    [InlineData($"/system.slice/docker-{A}.scope/system.slice/cron.service")]
    [InlineData($"/my/own/parent/{A}")]
    public void Finds_the_container_in_each_layout(string path)
    {
        foreach (var text in new[] { $"0::{path}\n", $"4:memory:{path}\n1:name=systemd:{path}\n0::/\n" })
        {
            var place = CgroupPlace.Parse(Encoding.UTF8.GetBytes(text));
            Assert.True(place.Understood);
            Assert.Equal([A], place.Ids);
            Assert.False(place.HidesExiting);
        }
    }

    [Theory]
    [InlineData("/system.slice/docker.service")]
    [InlineData($"/system.slice/crio-conmon-{A}.scope")]
    [InlineData($"/docker/{A}0")]
    [InlineData($"/docker/x{A}")]
    [InlineData("/docker/AA0FA970609329DDA024A977F6D0000B7F1FAB6D9F382EA4FACAACA728E47D59")]
    [InlineData("/docker/aa0fa9706093")]
    public void Others_are_understood_and_no_container(string path)
    {
        var place = CgroupPlace.Parse(Encoding.UTF8.GetBytes($"1:name=systemd:{path}\n"));
        Assert.True(place.Understood);
        Assert.Empty(place.Ids);
    }

    [Fact]
    public void With_docker_in_docker_a_task_is_of_both() =>
        Assert.Equal([A, B], CgroupPlace.Parse(Encoding.UTF8.GetBytes($"0::/docker/{A}/docker/{B}\n")).Ids);

    [Theory]
    [InlineData($"0::/../{A}\n")]
    [InlineData($"1:cpu:/../../docker/{A}\n0::/\n")]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("nonsense\n")]
    [InlineData("1:cpu\n")]
    [InlineData("1:cpu:relative\n")]
    public void Does_not_pretend_to_understand(string text) => Assert.False(CgroupPlace.Parse(Encoding.UTF8.GetBytes(text)).Understood);

    [Theory]
    [InlineData("3:cpu:/\n1:name=systemd:/\n0::/\n", true)]
    [InlineData("3:cpu:/\n1:name=systemd:/\n", true)]
    [InlineData("3:cpu:/\n1:name=systemd:/\n0::/system.slice/docker.service\n", true)]
    [InlineData("3:cpu:/\n1:name=systemd:/user.slice\n0::/\n", false)]
    [InlineData("0::/\n", false)]
    [InlineData($"3:cpu:/\n0::/docker/{A}\n", false)]
    public void On_v1_an_exiting_task_stands_in_every_root(string text, bool hides) =>
        Assert.Equal(hides, CgroupPlace.Parse(Encoding.UTF8.GetBytes(text)).HidesExiting);

    [Theory]
    [InlineData($"6:freezer:/docker/{A}\n0::/else\n", $"/docker/{A}", false)]
    [InlineData($"6:cpu,freezer:/docker/{A}/x\n", $"/docker/{A}/x", false)]
    [InlineData($"0::/docker/{A}\n", $"/docker/{A}", true)]
    [InlineData($"6:freezer:/\n1:name=systemd:/docker/{A}\n", null, false)]
    public void Tells_who_can_freeze_it(string text, string? path, bool unified)
    {
        var place = CgroupPlace.Parse(Encoding.UTF8.GetBytes(text));
        Assert.Equal((path, unified), (place.FreezerPath, place.Unified));
    }

    [Fact]
    public void No_text_makes_it_fail() => Gen.Byte.Array[0, 300].Sample(bytes => CgroupPlace.Parse(bytes) is not null);
}
