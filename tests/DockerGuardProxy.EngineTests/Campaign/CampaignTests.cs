using System.Globalization;
using DockerGuardProxy.EngineTests.Lab;
using Xunit;

namespace DockerGuardProxy.EngineTests.Campaign;

/// <summary>Load and chaos on three engines, for some minutes of what tests/campaign/run does for an hour.</summary>
public sealed class CampaignTests
{
    private const int Seed = 18;

    private static readonly TimeSpan Length = TimeSpan.FromMinutes(Machine.LongForm ? 10 : 3);

    /// <summary>Beyond its length: engines start, clients end what they have begun, quiet is waited for. It ends by itself within that.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(15);

    private static string Program => Path.Combine(
        Machine.Repository, "tests", "DockerGuardProxy.Campaign", "bin", "Release", "net10.0", "docker-guard-proxy-campaign");

    [Fact]
    public async Task Nothing_is_lost_delayed_or_swapped_whatever_happens()
    {
        string[] command =
        [
            Program, "--seed", Seed.ToString(CultureInfo.InvariantCulture),
            "--minutes", Length.TotalMinutes.ToString(CultureInfo.InvariantCulture),
        ];
        var result = await Command.RunAsync(command, limit: Length + Rest);
        // The table, and what broke above it.
        var text = result.Output;
        var table = text.LastIndexOf("\nSeed ", StringComparison.Ordinal);
        Console.WriteLine(table < 0 ? text : text[table..]);
        Assert.True(result.ExitCode == 0, text + result.Error);
    }
}
