using DockerGuardProxy.Calls;
using DockerGuardProxy.Streams;
using DockerGuardProxy.Text;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Telemetry;

/// <summary>Logs what an operator must know of clients that do not read. Event ids 1600 to 1699.</summary>
internal sealed partial class StreamLog(ILogger<StreamLog> logger) : IStreamObserver
{
    /// <inheritdoc/>
    public void On(StreamEvent happened)
    {
        var stream = happened.Stream;
        var (pid, comm, operation, whom) = (stream.Pid, stream.Comm, stream.Operation, Whom(stream));
        switch (happened)
        {
            // A pager that waits for its reader is as it should be.
            case StreamEvent.Stalled when stream.Kind is StreamKind.Attach or StreamKind.Exec:
                Paused(logger, pid, comm, operation, whom, stream.Unread, stream.Since);
                break;
            case StreamEvent.Stalled when stream.Kind == StreamKind.Upload:
                StalledUpload(logger, pid, comm, whom, stream.Since);
                break;
            case StreamEvent.Stalled:
                Stalled(logger, pid, comm, operation, whom, stream.Unread, stream.Since);
                break;
            case StreamEvent.TakenOver taken:
                TakenOver(
                    logger, taken.IsCarriedOut ? "was taken over" : "would be taken over", operation, whom, pid, comm, stream.Unread, stream.Since);
                break;
            case StreamEvent.ProvedWrong:
                Wrong(logger, operation, whom, pid, comm);
                break;
            case StreamEvent.RestCut:
                RestCut(logger, operation, whom, pid, comm, stream.Held);
                break;
            case StreamEvent.TransferCut cut:
                TransferCut(logger, operation, whom, pid, comm, cut.IsCarriedOut ? "was cut" : "would be cut", stream.Since);
                break;
        }
    }

    private static string Whom(StalledStream stream) => stream switch
    {
        { ContainerId: { } id, ContainerName: { Length: > 0 } name } => $"container {LogText.Escape(name)} ({ShortId.Of(id)})",
        { ContainerId: { } id } => $"container {ShortId.Of(id)}",
        { Kind: StreamKind.Events } => "the engine",
        { Kind: StreamKind.Exec } => $"exec {LogText.Escape(stream.Reference)}",
        _ => $"container {LogText.Escape(stream.Reference)}",
    };

    [LoggerMessage(1600, LogLevel.Debug, "Pid {Pid} ({Comm}) does not read its {Operation} of {Whom}: {Bytes} bytes wait since {Since:u}.")]
    private static partial void Paused(ILogger logger, int pid, string comm, string operation, string whom, long bytes, DateTimeOffset since);

    [LoggerMessage(1601, LogLevel.Warning, "Pid {Pid} ({Comm}) does not read its {Operation} of {Whom}: {Bytes} bytes wait since {Since:u}.")]
    private static partial void Stalled(ILogger logger, int pid, string comm, string operation, string whom, long bytes, DateTimeOffset since);

    [LoggerMessage(1602, LogLevel.Warning, "Pid {Pid} ({Comm}) sends nothing more of its upload into {Whom} since {Since:u}.")]
    private static partial void StalledUpload(ILogger logger, int pid, string comm, string whom, DateTimeOffset since);

    [LoggerMessage(1603, LogLevel.Warning, "What the engine holds {Outcome}: {Operation} of {Whom}, whose process has ended; its client, pid {Pid} ({Comm}), has left {Bytes} bytes unread since {Since:u}.")]
    private static partial void TakenOver(
        ILogger logger, string outcome, string operation, string whom, int pid, string comm, long bytes, DateTimeOffset since);

    [LoggerMessage(1604, LogLevel.Warning, "A take-over was of no use: {Operation} of {Whom} by pid {Pid} ({Comm}) has not ended within 5 s; look for another client that does not read, or at its log driver.")]
    private static partial void Wrong(ILogger logger, string operation, string whom, int pid, string comm);

    [LoggerMessage(1605, LogLevel.Warning, "More than may be held was left of {Operation} of {Whom} by pid {Pid} ({Comm}): the engine's side was closed after {Bytes} bytes.")]
    private static partial void RestCut(ILogger logger, string operation, string whom, int pid, string comm, long bytes);

    [LoggerMessage(1607, LogLevel.Warning, "The {Operation} of {Whom} by pid {Pid} ({Comm}) {Outcome}: nothing has moved since {Since:u}, and others wait for the container's lock.")]
    private static partial void TransferCut(
        ILogger logger, string operation, string whom, int pid, string comm, string outcome, DateTimeOffset since);
}
