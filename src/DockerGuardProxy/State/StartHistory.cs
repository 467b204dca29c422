using System.Text.Json;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Files;
using DockerGuardProxy.Text;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.State;

/// <summary>
/// Counts ends without order from process to process: a daemon that crashes again and again must not be the guard that acts. Where the record
/// can't be read or written, nothing is counted and nothing else is affected.
/// </summary>
internal sealed partial class StartHistory
{
    /// <summary>Name of the file in whatever folder.</summary>
    public const string Name = "starts.json";

    private readonly string _path;
    private readonly ILogger _logger;
    private readonly StartRecord? _record;

    private StartHistory(string path, StartRecord? record, ILogger logger) => (_path, _record, _logger) = (path, record, logger);

    /// <summary>True where the processes before have crashed too often.</summary>
    public bool IsCrashLoop => _record?.IsCrashLoop == true;

    /// <summary>A process begins.</summary>
    /// <param name="folder">Where the record is.</param>
    /// <param name="procfs">Usually <c>/proc</c>.</param>
    /// <param name="time">The clock that counts from boot.</param>
    /// <param name="logger">Told what can't be kept.</param>
    public static StartHistory Begin(string folder, string procfs, TimeProvider time, ILogger logger)
    {
        var path = Path.Combine(folder, Name);
        var before = Read(path);
        // One that still runs is no crash: this is a second daemon, which the sockets will tell.
        if (BootId.Read(procfs) is not { } boot || PidFileIdentity.StartTimeOf(Environment.ProcessId, procfs) is not { } start
            || (before is { Pid: > 0 } && before.Boot == boot && PidFileIdentity.StartTimeOf(before.Pid, procfs) == before.StartTime))
        {
            return new StartHistory(path, null, logger);
        }

        var history = new StartHistory(
            path, StartRecord.Begin(before, boot, Environment.ProcessId, start, time.GetElapsedTime(0)), logger);
        history.Write(history._record!);
        return history;
    }

    /// <summary>The process ends in order.</summary>
    public void End()
    {
        if (_record is not null)
            Write(_record.End());
    }

    private static StartRecord? Read(string path)
    {
        try
        {
            return SmallFile.Read(path).Bytes is { } bytes ? JsonSerializer.Deserialize(bytes, StateJson.Default.StartRecord) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private void Write(StartRecord record)
    {
        try
        {
            WholeFile.Write(_path, JsonSerializer.SerializeToUtf8Bytes(record, StateJson.Default.StartRecord));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            NotWritten(_logger, LogText.Escape(_path, 4096), LogText.Escape(fault.Message, 400));
        }
    }

    [LoggerMessage(1504, LogLevel.Warning, "Starts and crashes can't be counted in {File}: {Problem}")]
    private static partial void NotWritten(ILogger logger, string file, string problem);
}
