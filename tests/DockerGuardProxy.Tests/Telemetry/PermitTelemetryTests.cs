using System.Diagnostics;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Telemetry;
using DockerGuardProxy.Tests.Guard.Permits;
using Xunit;

namespace DockerGuardProxy.Tests.Telemetry;

/// <summary>What is told of calls that are held, told and refused behind a slow lock, one for one.</summary>
public sealed class PermitTelemetryTests : IDisposable
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(2.1);

    private readonly Instrumentation _instrumentation = new();
    private readonly ActivityListener _listener;
    private readonly List<Activity> _spans = [];

    public PermitTelemetryTests()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source == _instrumentation.Spans,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Add,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _instrumentation.Dispose();
    }

    [Fact]
    public void Every_decision_of_an_incident_has_one_span_and_they_agree_with_the_counts()
    {
        using var rig = new PermitRig(
            families => PermitRig.Telling(families) with { Lock = PermitRig.Telling(families).Lock with { MaxWaitingPerContainer = 8 } },
            new PermitTelemetry(_instrumentation));
        var sent = rig.Calls(3).Append(rig.Call(comm: "kubelet")).ToArray();
        rig.Time.Advance(Slow);
        var held = rig.Calls(6);
        var exec = rig.Call("exec-create");
        rig.Call(comm: "kubelet");
        rig.Call();
        Assert.Equal("refused", Assert.Single(_spans).GetTagItem(Keys.Decision));

        // Two leave; both of kubelet are told, of which one is with the engine; the lock is free; the proxy ends.
        rig.Keeper.Withdrawn(held[0].Call);
        rig.Keeper.Withdrawn(held[1].Call);
        rig.Time.Advance(TimeSpan.FromSeconds(11));
        foreach (var call in sent) rig.Keeper.Seen(call.Call, call.Call.Serial);
        foreach (var call in held.Skip(2).Append(exec)) rig.Keeper.Answered(call.Call);
        rig.Calls(4);
        rig.Time.Advance(Slow);
        rig.Call();
        rig.Keeper.TurnAway();

        var counted = _spans.CountBy(span => $"{span.GetTagItem(Keys.Decision)} {span.GetTagItem(Keys.Outcome)}").ToDictionary();
        Assert.Equal(
            new Dictionary<string, int>
            {
                ["refused refused"] = 1, ["held left"] = 2, ["told refused"] = 2, ["held answered"] = 5, ["held turned-away"] = 1,
            },
            counted);
        var totals = rig.Totals;
        Assert.Equal(
            (1L, 2L, 2L, 9L), (totals.Refused, totals.Dropped, totals.Told, totals.Held));
        Assert.All(_spans, span => Assert.True(span is { Kind: ActivityKind.Server, ParentId: null }));
        Assert.Null(Activity.Current);
    }

    [Fact]
    public void A_told_call_names_everybody_concerned()
    {
        using var rig = new PermitRig(PermitRig.Telling, new PermitTelemetry(_instrumentation));
        rig.Calls(4);
        rig.Time.Advance(Slow);
        rig.Call("top", comm: "kubelet");
        var arrived = rig.Time.GetUtcNow();
        rig.Time.Advance(TimeSpan.FromSeconds(10.1));
        var span = Assert.Single(_spans);
        Assert.Equal(("top", ActivityStatusCode.Error, arrived.UtcDateTime), (span.DisplayName, span.Status, span.StartTimeUtc));
        Assert.InRange(span.Duration, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10.5));
        Assert.Equal(
            new Dictionary<string, object?>
            {
                [Keys.ContainerId] = PermitRig.Web, [Keys.ContainerName] = "web", [Keys.PodName] = "web-0", [Keys.Namespace] = "shop",
                [Keys.CallerPid] = 812, [Keys.CallerUid] = "1000", [Keys.CallerComm] = "kubelet", [Keys.Operation] = "top",
                [Keys.Decision] = "told", [Keys.Reason] = "lock_slow", [Keys.Mode] = "enforce", [Keys.Outcome] = "refused", [Keys.Sent] = false,
                [Keys.OpenCalls] = 4, [Keys.Status] = 503, [Keys.ErrorType] = "503",
            },
            span.TagObjects.ToDictionary());
    }

    [Fact]
    public void In_observe_mode_a_call_is_told_as_it_would_have_been_decided()
    {
        using var rig = new PermitRig(_ => FamilyPolicies.Under(GuardMode.Observe), new PermitTelemetry(_instrumentation));
        rig.Calls(4);
        rig.Time.Advance(Slow);
        var (answered, left, lost) = (rig.Call(), rig.Call(), rig.Call());
        rig.Keeper.Answered(answered.Call);
        rig.Keeper.Left(left.Call);
        rig.Keeper.Ended(lost.Call);
        Assert.Equal(["answered", "left", "lost"], _spans.Select(span => span.GetTagItem(Keys.Outcome)));
        Assert.All(_spans, span => Assert.Equal(
            ("held", "observe", true), (span.GetTagItem(Keys.Decision), span.GetTagItem(Keys.Mode), span.GetTagItem(Keys.Sent))));
    }

    [Fact]
    public void A_call_that_is_just_sent_has_none()
    {
        using var rig = new PermitRig(others: new PermitTelemetry(_instrumentation));
        foreach (var call in rig.Calls(10)) rig.Keeper.Answered(call.Call);
        Assert.Empty(_spans);
    }
}
