namespace DockerGuardProxy.Admin.Report;

/// <summary>Terminating calls. From refused on they count since the start, except for the last.</summary>
/// <param name="Open">Sent to the engine and not answered yet.</param>
/// <param name="Waiting">Callers that are held or have joined a call.</param>
/// <param name="OldestOpenSeconds">Age of the oldest open call; null without one.</param>
/// <param name="Refused">Refused, or would have been in observe mode.</param>
/// <param name="WronglyRefused">Of them, those whose container exited within 60 s while all tasks that the refusal named still waited.</param>
/// <param name="Saved">Ended without being sent to the engine.</param>
/// <param name="Bypassed">Signals that the engine sent to containers for clients who go round the proxy.</param>
/// <param name="LastBypass">The last of them; null if there was none.</param>
/// <param name="WouldHold">What the saved calls would hold in the engine now; null where its version answers calls in the end, or is not known.</param>
/// <param name="EndedSoon">Of the refused, those whose container exited within 60 s, whatever the reason.</param>
internal sealed record CallsReport(
    int Open,
    int Waiting,
    double? OldestOpenSeconds,
    long Refused,
    long WronglyRefused,
    long Saved,
    long Bypassed = 0,
    BypassReport? LastBypass = null,
    EngineCostReport? WouldHold = null,
    long EndedSoon = 0);
