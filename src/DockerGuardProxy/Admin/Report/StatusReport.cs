using DockerGuardProxy.Probe;

namespace DockerGuardProxy.Admin.Report;

/// <summary>The answer of <c>GET /v1/status</c>. Strings are as containers and callers chose them, not escaped.</summary>
/// <param name="Version">Of this format: keys may be added without a new number, not taken away or given another meaning.</param>
/// <param name="Time">When it was taken, in UTC.</param>
/// <param name="Proxy">The process.</param>
/// <param name="Configuration">What is in force.</param>
/// <param name="Engine">What is known of the engine.</param>
/// <param name="Calls">Terminating calls of all containers.</param>
/// <param name="Faults">How often the guard failed open since the start.</param>
/// <param name="LostProbeThreads">Threads that hang in a read of /proc; with two of them there is no evidence any more.</param>
/// <param name="StuckContainers">How many containers are stuck.</param>
/// <param name="Containers">
/// The containers about which the guard keeps something, by name; at most <see cref="MaxContainers"/>, and then first those stuck for longest.
/// </param>
/// <param name="PileUp">Open calls that are watched and not guarded, the oldest first; at most <see cref="MaxPileUp"/>.</param>
/// <param name="MoreContainers">How many containers there are beside <paramref name="Containers"/>.</param>
/// <param name="Execs">The containers in which execs run, those with the most first; at most <see cref="MaxExecs"/>.</param>
/// <param name="Streams">Calls whose client does not read, or does not send, the longest first; at most <see cref="MaxStreams"/>.</param>
/// <param name="HeldBytes">Held in all of what was taken over and its clients have not read.</param>
/// <param name="Locks">What waits for containers' locks and shims.</param>
internal sealed record StatusReport(
    int Version,
    DateTimeOffset Time,
    ProxyReport Proxy,
    ConfigurationReport Configuration,
    EngineReport Engine,
    CallsReport Calls,
    long Faults,
    int LostProbeThreads,
    int StuckContainers,
    IReadOnlyList<ContainerReport> Containers,
    IReadOnlyList<OpenCallsReport>? PileUp = null,
    int MoreContainers = 0,
    IReadOnlyList<ExecsReport>? Execs = null,
    IReadOnlyList<StreamReport>? Streams = null,
    long HeldBytes = 0,
    LocksReport? Locks = null)
{
    /// <summary>The format that this program writes and reads.</summary>
    public const int FormatVersion = 1;

    /// <summary>More than a node runs, as a rule.</summary>
    public const int MaxContainers = 512;

    /// <summary>What lasts longest comes first, and the rest is seen in metrics.</summary>
    public const int MaxPileUp = 50;

    /// <summary>Enough to see who runs too many.</summary>
    public const int MaxExecs = 20;

    /// <summary>The same of streams.</summary>
    public const int MaxStreams = 50;
}

/// <summary>The process that answers.</summary>
/// <param name="Version">Of the program.</param>
/// <param name="Pid">Its process id.</param>
/// <param name="Started">When, in UTC.</param>
/// <param name="Listen">The socket that clients use; several with commas.</param>
internal sealed record ProxyReport(string Version, int Pid, DateTimeOffset Started, string Listen);

/// <summary>The configuration in force.</summary>
/// <param name="File">Path of the file.</param>
/// <param name="Origin">
/// <c>asked</c>; <c>last-good</c>: what was asked at start is not valid, its bad sections are those of the last good one;
/// <c>observe-only</c>: it is not valid and nothing good is known.
/// </param>
/// <param name="Mode">Of the guard: <c>off</c>, <c>observe</c> or <c>enforce</c>.</param>
/// <param name="Policies">Modes by operation, as they come to, in the order of the table of calls.</param>
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
/// <param name="Exempt">Who is out of every policy; null where nobody is.</param>
internal sealed record ConfigurationReport(
    string File,
    string Origin,
    string Mode,
    IReadOnlyDictionary<string, string> Policies,
    bool SwitchedOff,
    string? HeldBack,
    DateTimeOffset LoadedAt,
    long Reloads,
    long FailedReloads,
    FailureReport? Failure,
    IReadOnlyList<string> PendingRestart,
    DateTimeOffset? HangsSince = null,
    ExemptReport? Exempt = null);

/// <summary>A configuration that was asked for and is not valid.</summary>
/// <param name="Time">When it was seen, in UTC.</param>
/// <param name="Errors">Everything that is wrong with it, each with its key.</param>
internal sealed record FailureReport(DateTimeOffset Time, IReadOnlyList<string> Errors);

/// <summary>The engine, as its events and its process show it. What could not be read is null.</summary>
/// <param name="Path">Its socket.</param>
/// <param name="Ready">It answers: its list of containers was read, and its events come since.</param>
/// <param name="Containers">How many containers are known, running or not.</param>
/// <param name="Version">Its version.</param>
/// <param name="LeaksForEver">Whether a call on a stuck container is never answered by this version (20.10.9 and before).</param>
/// <param name="Pid">Its process.</param>
/// <param name="Descriptors">Its open descriptors.</param>
/// <param name="DescriptorLimit">Its own limit of them.</param>
/// <param name="MemoryBytes">Its resident memory.</param>
/// <param name="Goroutines">Its goroutines, if it runs in debug mode.</param>
/// <param name="Restarts">How often it was another process than before, since the proxy started.</param>
/// <param name="Connections">What it holds on its socket; null where the kernel does not tell.</param>
/// <param name="PeerlessConnections">Of them, those whose client is gone.</param>
internal sealed record EngineReport(
    string Path,
    bool Ready,
    int Containers,
    string? Version = null,
    bool? LeaksForEver = null,
    int? Pid = null,
    long? Descriptors = null,
    long? DescriptorLimit = null,
    long? MemoryBytes = null,
    long? Goroutines = null,
    long Restarts = 0,
    int? Connections = null,
    int? PeerlessConnections = null);

/// <summary>Terminating calls. From refused on they count since the start, except for the last.</summary>
/// <param name="Open">Sent to the engine and not answered yet.</param>
/// <param name="Waiting">Callers that are held or have joined a call.</param>
/// <param name="OldestOpenSeconds">Age of the oldest open call; null without one.</param>
/// <param name="Refused">Refused, or would have been in observe mode.</param>
/// <param name="WronglyRefused">Of them, those whose container exited within 60 s while all tasks that the refusal named still waited.</param>
/// <param name="Saved">Ended without being sent to the engine.</param>
/// <param name="Bypassed">Signals that the engine sent to containers for clients who bypass the proxy.</param>
/// <param name="LastBypass">The last of them; null if there was none.</param>
/// <param name="WouldHold">What the saved calls would hold in the engine now; null where its version answers calls in the end, or is not
/// known.</param>
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

/// <summary>
/// What calls cost an engine that never answers them: an estimate, by what dockerd 20.10.5 was measured to keep for each stop, kill or restart of a
/// container that cannot be ended, one connection and two goroutines.
/// </summary>
/// <param name="Connections">Connections, and with each a descriptor.</param>
/// <param name="Goroutines">Goroutines.</param>
internal sealed record EngineCostReport(long Connections, long Goroutines)
{
    /// <summary>The cost of so many calls.</summary>
    public static EngineCostReport Of(long calls) => new(calls, 2 * calls);
}

/// <summary>A signal that the engine sent for a client who goes round the proxy.</summary>
/// <param name="Time">When its event came, in UTC.</param>
/// <param name="Id">Full id of the container.</param>
/// <param name="Name">Its name then; empty where it had none.</param>
/// <param name="Signal">The signal, usually a number as text; null where the engine does not say.</param>
internal sealed record BypassReport(DateTimeOffset Time, string Id, string Name, string? Signal);

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
/// <param name="Hold">Of a lost exit, what the engine waits for; null otherwise.</param>
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
    long Saved,
    HoldReport? Hold = null);

/// <summary>The pod that a container's labels name.</summary>
internal sealed record PodReport(string Namespace, string Name, string? Uid);

/// <summary>A task (thread) that holds a container.</summary>
/// <param name="Pid">Process id, as seen from the host.</param>
/// <param name="Tid">Thread id.</param>
/// <param name="Comm">Its name.</param>
/// <param name="State">State letter of proc_pid_stat(5).</param>
/// <param name="Wchan">Kernel function it sleeps in; null if the kernel does not tell.</param>
/// <param name="FileSystem">Type and source of the file system it waits for; null if it can't be told.</param>
internal sealed record TaskReport(int Pid, int Tid, string Comm, string State, string? Wchan, string? FileSystem)
{
    public static TaskReport Of(StuckTask task) => new(
        task.Pid, task.Tid, task.Comm, task.State.ToString(), task.Wchan.Length > 0 ? task.Wchan : null, task.FileSystem);
}

/// <summary>The execs that run in a container, as far as the engine's events tell.</summary>
/// <param name="Id">Full id.</param>
/// <param name="Name">Without the leading slash; empty if it has none.</param>
/// <param name="Running">How many.</param>
internal sealed record ExecsReport(string Id, string Name, int Running);

/// <summary>Open calls of one kind that is watched and not guarded; they pile up where a lock, a shim or a disk hangs.</summary>
/// <param name="Operation"><c>exec</c>, <c>inspect</c>, <c>stats</c>, <c>attach</c>, <c>logs</c> or <c>wait</c>.</param>
/// <param name="Container">The container as the callers name it; null for <c>exec</c>, whose calls name an exec instance.</param>
/// <param name="Open">How many.</param>
/// <param name="OldestSeconds">Age of the oldest.</param>
internal sealed record OpenCallsReport(string Operation, string? Container, int Open, double OldestSeconds);
