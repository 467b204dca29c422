namespace DockerGuardProxy.Admin.Report;

/// <summary>Terminating calls. The last three count since the start.</summary>
/// <param name="Open">Sent to the engine and not answered yet.</param>
/// <param name="Waiting">Callers that are held or have joined a call.</param>
/// <param name="OldestOpenSeconds">Age of the oldest open call; null without one.</param>
/// <param name="Refused">Refused, or would have been in observe mode.</param>
/// <param name="WronglyRefused">Of them, those whose container exited within 60 s.</param>
/// <param name="Saved">Ended without being sent to the engine.</param>
internal sealed record CallsReport(int Open, int Waiting, double? OldestOpenSeconds, long Refused, long WronglyRefused, long Saved);
