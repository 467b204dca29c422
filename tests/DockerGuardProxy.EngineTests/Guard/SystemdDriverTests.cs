using DockerGuardProxy.EngineTests.Packaging;
using Xunit;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>The guard where systemd makes the containers' cgroups, on a system that has booted with cgroup v2.</summary>
[Collection(typeof(Debian12))]
public sealed class SystemdDriverTests(Debian12 debian)
{
    [Theory]
    [InlineData("", "/system.slice")]
    [InlineData("--cgroup-parent shop-web.slice", "/shop.slice/shop-web.slice")]
    public async Task A_stop_of_a_stuck_container_is_refused_and_the_thaw_ends_it(string options, string slice)
    {
        var id = await debian.RunWriterAsync(options);
        Assert.EndsWith(
            $"{slice}/docker-{id}.scope",
            await debian.Node.RunAsync($"cat /proc/$(docker inspect -f '{{{{.State.Pid}}}}' {id})/cgroup"), StringComparison.Ordinal);
        try
        {
            await debian.Disk.FreezeAsync();
            await debian.RefusedStopAsync(id);
            await debian.StatusNamesAsync(id);
        }
        finally
        {
            await debian.Disk.ThawAsync();
        }

        await debian.EndAsync(id);
    }

    [Theory]
    [InlineData("docker pause ID")]
    [InlineData("systemctl freeze docker-ID.scope")]
    public async Task A_paused_or_frozen_container_is_stopped(string command)
    {
        var id = await debian.Node.RunAsync($"{Debian12.Guarded} run -d --network none box sleep 100000");
        await debian.Node.RunAsync(command.Replace("ID", id, StringComparison.Ordinal));
        Assert.Equal(
            "1", await debian.Node.RunAsync($"cat /sys/fs/cgroup/system.slice/docker-{id}.scope/cgroup.freeze"));
        Assert.Equal(id, await debian.Node.RunAsync($"{Debian12.Guarded} stop -t 1 {id}"));
        await debian.EndAsync(id);
    }
}
