using System.Diagnostics.Tracing;
using System.Globalization;
using DockerGuardProxy.Text;
using Microsoft.Extensions.Logging;

namespace DockerGuardProxy.Telemetry;

/// <summary>
/// Tells that telemetry does not get through: OpenTelemetry says so to its event sources alone, at every export anew. One line, and another
/// one an hour later if it still fails.
/// </summary>
internal sealed partial class ExportWatch(ILogger logger, TimeProvider time) : EventListener
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private long? _told;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        // Not the SDK's own, which warns of instruments that nobody asked for.
        if (eventSource.Name == "OpenTelemetry-Exporter-OpenTelemetryProtocol")
            EnableEvents(eventSource, EventLevel.Warning);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        // The base constructor may call before the fields are set.
        if (time is null || logger is null)
            return;
        lock (_gate)
        {
            if (_told is { } told && time.GetElapsedTime(told) < Pause)
                return;
            _told = time.GetTimestamp();
        }

        Failed(logger, LogText.Escape(Describe(eventData)));
    }

    /// <summary>Tells the same of an endpoint that is none.</summary>
    public static void NotAnEndpoint(ILogger logger, string variable) =>
        Failed(logger, $"{variable} is not an http or https URI, such as http://127.0.0.1:4317");

    private static string Describe(EventWrittenEventArgs happened)
    {
        var text = happened.Message ?? happened.EventName ?? "";
        if (happened.Payload is { Count: > 0 } payload)
            text = string.Format(CultureInfo.InvariantCulture, text, [.. payload.Select(part => FirstLine(part?.ToString() ?? ""))]);
        return text;
    }

    private static string FirstLine(string text) => text.AsSpan().IndexOfAny('\r', '\n') is var end and >= 0 ? text[..end] : text;

    [LoggerMessage(1400, LogLevel.Warning, "Telemetry is not exported; calls are guarded all the same. {Reason}")]
    private static partial void Failed(ILogger logger, string reason);
}
