namespace DockerGuardProxy.Admin.Report;

/// <summary>One container about which the guard keeps something; counts are those of its present run.</summary>
/// <param name="Id">Full id.</param>
/// <param name="Name">Without the leading slash; empty if it has none.</param>
/// <param name="Pod">Its pod; null if it is not labelled.</param>
/// <param name="Stuck">SIGKILL changes nothing, for at least the guard's patience.</param>
/// <param name="EvidenceSince">Since when there is evidence, in UTC; null without.</param>
/// <param name="Diagnosis">
/// <c>d-state</c>, <c>frozen</c>, <c>exit-lost</c>, <c>not-killed</c>, <c>alive</c> or <c>cannot-tell</c>; null before the first look.
/// </param>
/// <param name="Tasks">The tasks that hold it, those in D state first; at most <see cref="Probe.Diagnosis.MaxTasks"/>.</param>
/// <param name="MoreTasks">How many more there are.</param>
/// <param name="Attempts">Calls sent to the engine.</param>
/// <param name="Open">Of them, those not yet answered.</param>
/// <param name="Waiting">Callers that are held or have joined a call.</param>
/// <param name="OldestOpenSeconds">Age of the oldest open call; null without one.</param>
/// <param name="BackoffUntil">When the next attempt may be sent, in UTC; null without back-off.</param>
/// <param name="Refused">Refused, or would have been in observe mode.</param>
/// <param name="Saved">Ended without being sent.</param>
internal sealed record ContainerReport(
    string Id,
    string Name,
    PodReport? Pod,
    bool Stuck,
    DateTimeOffset? EvidenceSince,
    string? Diagnosis,
    IReadOnlyList<TaskReport> Tasks,
    int MoreTasks,
    long Attempts,
    int Open,
    int Waiting,
    double? OldestOpenSeconds,
    DateTimeOffset? BackoffUntil,
    long Refused,
    long Saved);
