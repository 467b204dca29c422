namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>The file system of the proxy's state is full, or takes no writes.</summary>
internal sealed class StateActor : IActor
{
    public async Task ActAsync(Site site, PlannedChaos chaos)
    {
        var filler = Path.Combine(site.StateFolder, "filler");
        try
        {
            if (chaos.Kind == ChaosKind.StateReadOnly)
                await Shell.RunAsync("mount", "-o", "remount,ro", site.StateFolder);
            else
                await Fill(filler);
            await Task.Delay(chaos.Length);
        }
        finally
        {
            if (chaos.Kind == ChaosKind.StateReadOnly)
                await Shell.RunAsync("mount", "-o", "remount,rw", site.StateFolder);
            else
                File.Delete(filler);
        }
    }

    private static async Task Fill(string file)
    {
        await using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true) await stream.WriteAsync(new byte[4096]);
        }
        catch (IOException)
        {
            // Full.
        }
    }
}
