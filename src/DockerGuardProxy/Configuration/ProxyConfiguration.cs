namespace DockerGuardProxy.Configuration;

/// <summary>A whole configuration, immutable: whoever takes it once works under one set of settings to the end.</summary>
internal sealed record ProxyConfiguration(
    ListenOptions Listen,
    EngineOptions Engine,
    AdminOptions Admin,
    GuardOptions Guard,
    LogOptions Log,
    TelemetryOptions Telemetry,
    ShutdownOptions Shutdown)
{
    /// <summary>The format that this program reads.</summary>
    public const int Version = 1;

    /// <summary>What holds where nothing is said; <c>config/docker-guard-proxy.json</c> spells it out.</summary>
    public static ProxyConfiguration Default { get; } = new(
        ListenOptions.Default,
        EngineOptions.Default,
        AdminOptions.Default,
        GuardOptions.Default,
        LogOptions.Default,
        TelemetryOptions.Default,
        ShutdownOptions.Default);
}
