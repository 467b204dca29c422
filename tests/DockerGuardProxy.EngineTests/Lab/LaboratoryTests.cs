using Xunit;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>The laboratory itself: what other tests rely on.</summary>
public sealed class LaboratoryTests
{
    [Theory]
    [InlineData(Dockerd.Leaky)]
    [InlineData(Dockerd.Installed)]
    [InlineData(Dockerd.Newer)]
    [InlineData(Dockerd.Newest)]
    public async Task An_engine_starts_restarts_and_leaves_nothing(string version)
    {
        var engine = await Dockerd.StartAsync(version, liveRestore: true);
        await using (engine)
        {
            await engine.Api.RunAsync("sleeper", ["sleep", "1000"]);
            Assert.InRange(await engine.GoroutinesAsync(), 10, 200);
            await engine.KillAsync();
            await engine.StartAsync();
            Assert.True((await engine.Api.GetAsync("/containers/sleeper/json")).GetProperty("State").GetProperty("Running").GetBoolean());
        }

        Assert.False(Directory.Exists(engine.Folder));
        Assert.DoesNotContain(CommandLines(), line => line.Contains(engine.Folder + "/", StringComparison.Ordinal));
        Assert.DoesNotContain(File.ReadLines("/proc/mounts"), line => line.Contains(engine.Folder + "/", StringComparison.Ordinal));
        Assert.False(Directory.Exists("/sys/fs/cgroup/pids" + engine.CgroupParent));
    }

    [Fact]
    public async Task A_writer_on_a_frozen_file_system_sleeps_in_D_state_until_the_thaw()
    {
        await using var engine = await Dockerd.StartAsync(Dockerd.Leaky);
        await using var fs = await FrozenFileSystem.MountAsync();
        var id = await engine.Api.RunAsync("writer", ["sh", "-c", "while sleep 0.1; do date >/data/f; done"], new()
        {
            ["HostConfig"] = new { Binds = new[] { fs.Folder + ":/data" } },
        });
        await fs.FreezeAsync();
        Assert.NotNull(await Poll.UntilAsync(() => States(id).Contains('D'), TimeSpan.FromSeconds(5)));
        await engine.Api.PostAsync("/containers/writer/kill?signal=TERM");
        await fs.ThawAsync();
        Assert.NotNull(await Poll.UntilAsync(() => !States(id).Contains('D'), TimeSpan.FromSeconds(5)));
        await engine.Api.RemoveAsync("writer");
    }

    private static IEnumerable<string> CommandLines()
    {
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            string line;
            try
            {
                line = File.ReadAllText(folder + "/cmdline");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }

            yield return line.Replace('\0', ' ');
        }
    }

    /// <summary>State letters of all processes of a container.</summary>
    private static string States(string id)
    {
        var letters = "";
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            try
            {
                if (File.ReadAllText(folder + "/cgroup").Contains(id, StringComparison.Ordinal))
                    letters += File.ReadAllText(folder + "/stat").Split(") ")[^1][0];
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Gone since the list was read, or no process at all.
            }
        }

        return letters;
    }
}
