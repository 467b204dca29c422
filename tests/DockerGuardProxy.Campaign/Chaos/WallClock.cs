using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>A wall clock that only the programs see that are started with it (tests/campaign/clock.c).</summary>
internal sealed class WallClock
{
    private readonly string _file;

    private WallClock(string file, string library)
    {
        _file = file;
        Environment = new Dictionary<string, string> { ["LD_PRELOAD"] = library, ["CAMPAIGN_CLOCK"] = file };
        Set(TimeSpan.Zero);
    }

    /// <summary>What a program that is to see it is started with.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>Builds one below a folder.</summary>
    public static async Task<WallClock> BuildAsync(string folder)
    {
        var library = Path.Combine(folder, "clock.so");
        await Shell.RunAsync(
            "cc", "-shared", "-fPIC", "-O2", "-o", library, Path.Combine(Machine.Repository, "tests/campaign/clock.c"), "-ldl");
        return new WallClock(Path.Combine(folder, "clock"), library);
    }

    /// <summary>By how much it is ahead from now on, in whole seconds.</summary>
    public void Set(TimeSpan ahead)
    {
        // In place and at once: it is mapped.
        using var file = File.OpenHandle(_file, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite);
        RandomAccess.Write(file, BitConverter.GetBytes((long)ahead.TotalSeconds), 0);
    }
}
