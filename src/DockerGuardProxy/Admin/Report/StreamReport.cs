using DockerGuardProxy.Streams;

namespace DockerGuardProxy.Admin.Report;

/// <summary>A call whose client takes nothing of what waits for it, or sends nothing of what is waited for.</summary>
/// <param name="Operation"><c>attach</c>, <c>exec</c>, <c>download</c> and <c>upload</c> of an archive, or <c>events</c>.</param>
/// <param name="Reference">Whom it means as its caller says it; an exec instance's id; empty for events.</param>
/// <param name="ContainerId">Full id of the container; null where it is not known, or it is about none.</param>
/// <param name="ContainerName">Its name; empty where it has none, or none is known.</param>
/// <param name="Pid">The client's process, as it connected; 0 for one outside of the proxy's pid namespace.</param>
/// <param name="Uid">Its user; null where the kernel does not tell.</param>
/// <param name="Comm">Its name; empty where it can't be read.</param>
/// <param name="UnreadBytes">What waits for it in its own socket.</param>
/// <param name="Since">Since when nothing has moved, in UTC.</param>
/// <param name="ProcessEnded">The process whose output it is has ended.</param>
/// <param name="TakenOver">What the engine held of it was taken over.</param>
/// <param name="HeldBytes">Held of that.</param>
/// <param name="Cut">There was more than may be held, or the transfer was cut.</param>
internal sealed record StreamReport(
    string Operation,
    string Reference,
    string? ContainerId,
    string ContainerName,
    int Pid,
    uint? Uid,
    string Comm,
    long UnreadBytes,
    DateTimeOffset Since,
    bool ProcessEnded,
    bool TakenOver,
    long HeldBytes,
    bool Cut)
{
    public static StreamReport Of(StalledStream stream) => new(
        stream.Operation, stream.Reference, stream.ContainerId, stream.ContainerName, stream.Pid, stream.Uid, stream.Comm,
        stream.Unread, stream.Since, stream.HasEnded, stream.IsTakenOver, stream.Held, stream.IsCut);
}
