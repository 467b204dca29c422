namespace DockerGuardProxy.Telemetry;

/// <summary>
/// Attribute keys. Those without <c>docker_guard</c> are OpenTelemetry's semantic conventions (container, k8s, process, user and http registries).
/// </summary>
internal static class Keys
{
    public const string ContainerId = "container.id";
    public const string ContainerName = "container.name";
    public const string PodName = "k8s.pod.name";
    public const string Namespace = "k8s.namespace.name";
    public const string PodUid = "k8s.pod.uid";
    public const string CallerPid = "process.pid";
    public const string CallerUid = "user.id";
    public const string CallerComm = "process.executable.name";
    public const string Status = "http.response.status_code";
    public const string ErrorType = "error.type";
    public const string Operation = "docker_guard.operation";
    public const string Decision = "docker_guard.decision";
    public const string Reason = "docker_guard.reason";
    public const string Mode = "docker_guard.mode";
    public const string Outcome = "docker_guard.outcome";
    public const string Sent = "docker_guard.sent";
    public const string OpenCalls = "docker_guard.open_calls";
    public const string Diagnosis = "docker_guard.diagnosis";
    public const string EngineVersion = "docker_guard.engine.version";
    public const string LeaksForEver = "docker_guard.engine.leaks_for_ever";
    public const string StuckPid = "docker_guard.stuck.pid";
    public const string StuckComm = "docker_guard.stuck.comm";
    public const string StuckWchan = "docker_guard.stuck.wchan";
    public const string StuckFileSystem = "docker_guard.stuck.file_system";
    public const string Unread = "docker_guard.unread";
}
