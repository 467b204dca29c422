namespace DockerGuardProxy.Engine;

/// <summary>
/// The container events the index subscribes to. The engine filters by these names; with one of <c>exec_start</c> among them it takes each for a
/// prefix (moby <c>daemon/events/filter.go</c>), for a command follows that one. <c>health_status</c> and the like never reach us. <c>stop</c>,
/// <c>restart</c>, <c>oom</c>, <c>pause</c>, <c>unpause</c> and <c>update</c> are left out: they always come with, or change nothing beside, the
/// ones below.
/// </summary>
internal static class EngineActions
{
    public const string Create = "create";
    public const string Start = "start";
    public const string Die = "die";
    public const string Kill = "kill";
    public const string Rename = "rename";
    public const string Destroy = "destroy";
    public const string ExecStart = "exec_start";
    public const string ExecDie = "exec_die";

    public static IReadOnlyList<string> All { get; } = [Create, Start, Die, Kill, Rename, Destroy, ExecStart, ExecDie];
}
