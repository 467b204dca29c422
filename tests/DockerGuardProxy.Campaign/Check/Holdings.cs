using System.Globalization;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Campaign.Check;

/// <summary>What proxy and engine hold of the machine.</summary>
/// <param name="Sockets">Of the proxy.</param>
/// <param name="Threads">Of the proxy.</param>
/// <param name="Rss">Resident memory of the proxy, in bytes.</param>
/// <param name="Goroutines">Of the engine.</param>
/// <param name="Descriptors">Of the engine.</param>
internal sealed record Holdings(int Sockets, int Threads, long Rss, int Goroutines, int Descriptors)
{
    private const long Megabyte = 1 << 20;

    /// <summary>Now.</summary>
    public static async Task<Holdings> OfAsync(Site site) => new(
        site.Proxy.Daemon.Sockets(), site.Proxy.Daemon.Threads(), site.Proxy.Daemon.Rss(), await site.Engine.GoroutinesAsync(),
        await site.Engine.DescriptorsInUseAsync());

    /// <summary>
    /// Whether they are near what they were before the first call. The bounds are for what a program keeps that has worked once: threads of a pool,
    /// code that was loaded (a just-in-time compiler's more than a published file's), memory that its runtime gives back in its own time.
    /// </summary>
    public bool IsBackAt(Holdings before) =>
        Sockets <= before.Sockets + 8 && Threads <= before.Threads + 24 && Rss <= before.Rss + (Proxy.Published ? 48 : 160) * Megabyte
        && Goroutines <= before.Goroutines + 24 && Descriptors <= before.Descriptors + 16;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"proxy: {Sockets} sockets, {Threads} threads, {Rss / Megabyte} MB; engine: {Goroutines} goroutines, {Descriptors} descriptors");
}
