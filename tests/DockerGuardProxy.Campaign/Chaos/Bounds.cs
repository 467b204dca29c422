namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>Limits of what chaos waits for: generous, for a machine that all of this shares.</summary>
internal static class Bounds
{
    /// <summary>For what the proxy does within a second or two.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    /// <summary>For what an engine does in its own time.</summary>
    public static readonly TimeSpan Engine = TimeSpan.FromSeconds(90);

    /// <summary>Fails where something has not come in time.</summary>
    public static async Task WithinAsync(Task<TimeSpan?> poll, string what)
    {
        if (await poll is null) throw new InvalidOperationException($"{what}: not in time");
    }
}
