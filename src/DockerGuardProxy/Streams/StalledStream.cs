using DockerGuardProxy.Calls;

namespace DockerGuardProxy.Streams;

/// <summary>A call whose client takes no byte although some wait for it, or sends none although the engine waits for them.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Reference">Whom it means as its caller says it; an exec instance's id; empty for events.</param>
/// <param name="ContainerId">Full id of the container; null where it is not known, or it is about none.</param>
/// <param name="ContainerName">Its name; empty where it has none, or none is known.</param>
/// <param name="Pid">The client's process, as it connected; 0 for one outside of our pid namespace.</param>
/// <param name="Uid">Its user; null where the kernel does not tell.</param>
/// <param name="Comm">Its name, printable ASCII; empty where it can't be read.</param>
/// <param name="Unread">Bytes that wait for it in its own socket.</param>
/// <param name="Since">Since when nothing has moved.</param>
/// <param name="HasEnded">Its process is known to be gone.</param>
/// <param name="IsTakenOver">What the engine held of it was taken over.</param>
/// <param name="Held">Bytes held of that.</param>
/// <param name="IsCut">Its end was not waited for: it was more than may be held, or the transfer was cut.</param>
internal sealed record StalledStream(
    StreamKind Kind,
    string Reference,
    string? ContainerId,
    string ContainerName,
    int Pid,
    uint? Uid,
    string Comm,
    long Unread,
    DateTimeOffset Since,
    bool HasEnded,
    bool IsTakenOver,
    long Held,
    bool IsCut)
{
    /// <summary>The operation, as status and telemetry call it.</summary>
    public string Operation => OperationOf(Kind);

    /// <summary>The same of a kind.</summary>
    public static string OperationOf(StreamKind kind) => kind switch
    {
        StreamKind.Attach => "attach",
        StreamKind.Exec => "exec",
        StreamKind.Download => "download",
        StreamKind.Upload => "upload",
        _ => "events",
    };
}
