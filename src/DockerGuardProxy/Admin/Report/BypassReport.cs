namespace DockerGuardProxy.Admin.Report;

/// <summary>A signal that the engine sent for a client who goes round the proxy.</summary>
/// <param name="Time">When its event came, in UTC.</param>
/// <param name="Id">Full id of the container.</param>
/// <param name="Name">Its name then; empty where it had none.</param>
/// <param name="Signal">The signal, usually a number as text; null where the engine does not say.</param>
internal sealed record BypassReport(DateTimeOffset Time, string Id, string Name, string? Signal);
