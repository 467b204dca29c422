namespace DockerGuardProxy.Engine;

/// <summary>A signal that the engine sent for nobody who called through us.</summary>
/// <param name="At">When its event came, on a monotonic clock.</param>
/// <param name="Time">The same by the wall clock, in UTC.</param>
/// <param name="Id">The container's full id.</param>
/// <param name="Name">Its name then; empty where it had none.</param>
/// <param name="Signal">The signal, usually a number as text; null where the event names none.</param>
internal sealed record Bypass(TimeSpan At, DateTimeOffset Time, string Id, string Name, string? Signal);
