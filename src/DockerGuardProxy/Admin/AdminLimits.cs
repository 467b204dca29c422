using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace DockerGuardProxy.Admin;

/// <summary>What a client of the operator's side may ask for: small requests, a few at a time.</summary>
internal static class AdminLimits
{
    private const int MaxConnections = 32, MaxHead = 8 << 10, MaxLine = 4 << 10, MaxHeaders = 32, MaxBody = 4 << 10;

    /// <summary>From the first byte of a head to its last.</summary>
    private static readonly TimeSpan HeadTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Between two requests; a scrape every 30 s opens its connection anew.</summary>
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(10);

    public static void Apply(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        var limits = options.Limits;
        limits.MaxConcurrentConnections = MaxConnections;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.MaxRequestBodySize = MaxBody;
        limits.MaxRequestHeadersTotalSize = MaxHead;
        limits.MaxRequestLineSize = MaxLine;
        limits.MaxRequestBufferSize = MaxHead + MaxBody;
        limits.MaxRequestHeaderCount = MaxHeaders;
        limits.RequestHeadersTimeout = HeadTimeout;
        limits.KeepAliveTimeout = IdleTimeout;

        // Kestrel's own data rates stay: a client that never reads is cut off after some five seconds.
    }
}
