using System.Text.Json;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.EngineTests.Guard;

/// <summary>What the proxy says of itself over its admin socket.</summary>
internal static class GuardStatus
{
    /// <summary>The status now.</summary>
    public static async Task<StatusReport> StatusAsync(this Proxy proxy)
    {
        using var admin = new EngineApi(proxy.AdminSocket);
        return JsonSerializer.Deserialize(await admin.GetTextAsync("/v1/status"), ReportJson.Default.StatusReport)!;
    }

    /// <summary>Waits for a status.</summary>
    /// <returns>How long it took; null if it did not come to that.</returns>
    public static Task<TimeSpan?> BecomesAsync(this Proxy proxy, Func<StatusReport, bool> condition, TimeSpan limit) =>
        Poll.UntilAsync(async () => condition(await proxy.StatusAsync()), limit, 100);

    /// <summary>
    /// True where the ledger knows nothing of any run. A container that was refused stays in it for 60 s, to see whether that was wrong.
    /// </summary>
    public static bool IsEmpty(this StatusReport status) =>
        status.Calls is { Open: 0, Waiting: 0 }
        && status.Containers.All(container => container is { Stuck: false, EvidenceSince: null, BackoffUntil: null, Attempts: 0 });

    /// <summary>Waits until the index has met the engine: before that, calls are forwarded without a look.</summary>
    public static async Task ReadyAsync(this Proxy proxy)
    {
        if (await proxy.BecomesAsync(status => status.Engine.Ready, TimeSpan.FromSeconds(30)) is null)
            throw new InvalidOperationException($"The index is not ready:\n{proxy.Daemon.Tail()}");
    }
}
