namespace DockerGuardProxy.Admin.Report;

/// <summary>The answer of <c>GET /v1/decisions</c>.</summary>
/// <param name="Version">Of this format, by the rule of <see cref="StatusReport"/>.</param>
/// <param name="Time">When it was taken, in UTC.</param>
/// <param name="Total">How many there were since the start.</param>
/// <param name="Decisions">The last of them, the oldest first; at most <see cref="DecisionHistory.Capacity"/>.</param>
internal sealed record DecisionsReport(int Version, DateTimeOffset Time, long Total, IReadOnlyList<DecisionReport> Decisions)
{
    /// <summary>The format that this program writes and reads.</summary>
    public const int FormatVersion = 1;
}

/// <summary>
/// One decision about a terminating call. A call that waits can have several; texts that callers chose are cut after <see cref="MaxText"/>.
/// </summary>
/// <param name="Time">When it was taken, in UTC.</param>
/// <param name="Operation"><c>stop</c>, <c>restart</c>, <c>kill</c> or <c>remove</c>.</param>
/// <param name="Reference">The container as the caller named it.</param>
/// <param name="Container">Its full id; null where nobody knew which one was meant.</param>
/// <param name="Name">Its name; null without a container.</param>
/// <param name="Pod">Its pod; null if it is not labelled.</param>
/// <param name="CallerPid">The caller's process; null where the kernel does not tell.</param>
/// <param name="CallerUid">The caller's user.</param>
/// <param name="Mode"><c>observe</c>: the call was sent all the same; <c>enforce</c>.</param>
/// <param name="Decision"><c>forwarded</c>, <c>joined</c>, <c>held</c> or <c>refused</c>.</param>
/// <param name="Reason">What decided, by the words of the spans.</param>
/// <param name="OpenCalls">Open calls of the container before.</param>
/// <param name="Attempt">Number of its own sending to the engine; null if it was not sent.</param>
/// <param name="Lead">Number of the sending whose answer it waits for; null unless joined.</param>
/// <param name="Diagnosis">The last report about the container; null without one.</param>
/// <param name="Task">The first of the tasks that hold it; null without one.</param>
internal sealed record DecisionReport(
    DateTimeOffset Time,
    string Operation,
    string Reference,
    string? Container,
    string? Name,
    PodReport? Pod,
    int? CallerPid,
    uint? CallerUid,
    string Mode,
    string Decision,
    string Reason,
    int OpenCalls,
    long? Attempt,
    long? Lead,
    string? Diagnosis,
    TaskReport? Task)
{
    /// <summary>Of a reference or name; a request line of 60 KB is taken, and a thousand of them are not kept.</summary>
    public const int MaxText = 256;
}
