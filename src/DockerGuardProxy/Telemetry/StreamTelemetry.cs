using System.Collections.Immutable;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Streams;

namespace DockerGuardProxy.Telemetry;

/// <summary>Spans and measurements of clients that do not read.</summary>
internal sealed class StreamTelemetry : IStreamObserver
{
    private readonly ActivitySource _spans;
    private readonly Counter<long> _takeovers;
    private readonly Counter<long> _wrong;
    private readonly Counter<long> _restsCut;
    private readonly Counter<long> _transfersCut;

    public StreamTelemetry(Instrumentation instrumentation, StalledStreams stalled)
    {
        _spans = instrumentation.Spans;
        var meter = instrumentation.Meter;
        meter.CreateObservableUpDownCounter(
            "docker_guard.streams.stalled", () => Stalled(stalled.Current), "{stream}", "Calls whose client takes, or sends, nothing for 10 s.");
        meter.CreateObservableUpDownCounter(
            "docker_guard.streams.held", () => stalled.Held, "By", "Held of what was taken over and its clients have not read.");
        _takeovers = meter.CreateCounter<long>(
            "docker_guard.streams.takeovers", "{stream}", "Streams of which the rest was taken over, or would have been in observe mode.");
        _wrong = meter.CreateCounter<long>(
            "docker_guard.streams.takeovers.wrong", "{stream}", "Take-overs after which the end did not follow within 5 s.");
        _restsCut = meter.CreateCounter<long>("docker_guard.streams.cut", "{stream}", "Streams of which there was more than may be held.");
        _transfersCut = meter.CreateCounter<long>(
            "docker_guard.transfers.cut", "{call}", "Transfers cut that their client had left lying, or that would have been in observe mode.");
    }

    /// <inheritdoc/>
    public void On(StreamEvent happened)
    {
        KeyValuePair<string, object?> operation = new(Keys.Operation, happened.Stream.Operation);
        switch (happened)
        {
            case StreamEvent.TakenOver taken:
                _takeovers.Add(1, operation, ModeOf(taken.IsCarriedOut));
                Tell("stream.takeover", happened.Stream, taken.IsCarriedOut);
                break;
            case StreamEvent.ProvedWrong:
                _wrong.Add(1, operation);
                break;
            case StreamEvent.RestCut:
                _restsCut.Add(1, operation);
                break;
            case StreamEvent.TransferCut cut:
                _transfersCut.Add(1, operation, ModeOf(cut.IsCarriedOut));
                Tell("transfer.cut", happened.Stream, cut.IsCarriedOut);
                break;
        }
    }

    private static KeyValuePair<string, object?> ModeOf(bool isCarriedOut) =>
        new(Keys.Mode, Words.Of(isCarriedOut ? GuardMode.Enforce : GuardMode.Observe));

    private static IEnumerable<Measurement<int>> Stalled(ImmutableArray<StalledStream> current) =>
        current.GroupBy(one => one.Operation)
            .Select(group => new Measurement<int>(group.Count(), new KeyValuePair<string, object?>(Keys.Operation, group.Key)));

    /// <summary>From the moment since when the client has not moved.</summary>
    private void Tell(string name, StalledStream stream, bool isCarriedOut)
    {
        // None of whatever is under way on this thread.
        var before = Activity.Current;
        Activity.Current = null;
        using var span = _spans.StartActivity(name, ActivityKind.Internal, default(ActivityContext), startTime: stream.Since);
        span?.SetTag(Keys.Operation, stream.Operation)
            .SetTag(Keys.Mode, Words.Of(isCarriedOut ? GuardMode.Enforce : GuardMode.Observe))
            .SetTag(Keys.ContainerId, stream.ContainerId)
            .SetTag(Keys.ContainerName, stream.ContainerName.Length > 0 ? stream.ContainerName : null)
            .SetTag(Keys.CallerPid, stream.Pid)
            .SetTag(Keys.CallerUid, stream.Uid?.ToString(CultureInfo.InvariantCulture))
            .SetTag(Keys.CallerComm, stream.Comm)
            .SetTag(Keys.Unread, stream.Unread);
        span?.Stop();
        Activity.Current = before;
    }
}
