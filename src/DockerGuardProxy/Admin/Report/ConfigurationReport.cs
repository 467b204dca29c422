namespace DockerGuardProxy.Admin.Report;

/// <summary>The configuration in force.</summary>
/// <param name="File">Path of the file.</param>
/// <param name="Origin">
/// <c>asked</c>; <c>last-good</c>: what was asked at start is not valid, its bad sections are those of the last good one;
/// <c>observe-only</c>: it is not valid and nothing good is known.
/// </param>
/// <param name="Mode">Of the guard: <c>off</c>, <c>observe</c> or <c>enforce</c>.</param>
/// <param name="Policies">Modes by kind of call, as they come to.</param>
/// <param name="SwitchedOff">True while the file <c>off</c> keeps the guard off.</param>
/// <param name="HeldBack">
/// Why the guard only observes, whatever the file says: <c>crashes</c> or <c>newer-state</c>; null where it does as configured.
/// </param>
/// <param name="LoadedAt">Since when it is in use, in UTC.</param>
/// <param name="Reloads">Reloads since the start that took effect.</param>
/// <param name="FailedReloads">Reloads since the start that were rejected.</param>
/// <param name="Failure">What is wrong with what is asked now; null while it is what is in use.</param>
/// <param name="PendingRestart">Keys whose change waits for a restart.</param>
/// <param name="HangsSince">Since when the file can't be looked at, as its file system does not answer, in UTC; null where it does.</param>
internal sealed record ConfigurationReport(
    string File,
    string Origin,
    string Mode,
    PoliciesReport Policies,
    bool SwitchedOff,
    string? HeldBack,
    DateTimeOffset LoadedAt,
    long Reloads,
    long FailedReloads,
    FailureReport? Failure,
    IReadOnlyList<string> PendingRestart,
    DateTimeOffset? HangsSince = null);
