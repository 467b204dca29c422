using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Streams;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

/// <summary>Streams about which nothing may be done, now or any more, and whom of very many something is done about.</summary>
public sealed class StreamPolicyTests : IDisposable
{
    private readonly StreamRig _rig = new(new Dictionary<string, string> { ["vip"] = "1" });

    private bool IsTakenOver => _rig.Told.Any(told => told is StreamEvent.TakenOver { IsCarriedOut: true });

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_container_whose_label_is_exempt_is_left_alone()
    {
        _rig.Exempt = Exemptions.None with { Labels = Exemptions.None.Labels.Add("vip", "") };
        await _rig.StallAsync(StreamKind.Attach, "web");
        _rig.Proc.End(StreamRig.Init);
        await _rig.RunAsync(30);
        Assert.IsType<StreamEvent.Stalled>(Assert.Single(_rig.Told));
        _rig.Exempt = Exemptions.None;
        await _rig.RunAsync(10, () => IsTakenOver);
        Assert.True(IsTakenOver);
    }

    [Fact]
    public async Task While_callers_are_exempt_one_whose_name_cant_be_read_yet_is_left_alone()
    {
        _rig.Proc.Process(Environment.ProcessId, "other", "0::/\n");
        _rig.Proc.Refuse($"{Environment.ProcessId}/comm");
        _rig.Exempt = new Exemptions { Callers = ["friend"] };
        await _rig.StallAsync(StreamKind.Attach, "web");
        _rig.Proc.End(StreamRig.Init);
        await _rig.RunAsync(30);
        Assert.False(IsTakenOver);
        _rig.Proc.End(Environment.ProcessId);
        _rig.Proc.Process(Environment.ProcessId, "other", "0::/\n");
        await _rig.RunAsync(10, () => IsTakenOver);
        Assert.True(IsTakenOver);
        Assert.Equal("other", _rig.Told.OfType<StreamEvent.TakenOver>().Single().Stream.Comm);
    }

    [Fact]
    public async Task What_was_said_in_observe_is_done_after_a_switch_to_enforce()
    {
        _rig.Policies = FamilyPolicies.Default with { Streams = new StreamsPolicy { Mode = GuardMode.Observe } };
        await _rig.StallAsync(StreamKind.Attach, "web");
        _rig.Proc.End(StreamRig.Init);
        await _rig.RunAsync(60);
        Assert.False(Assert.Single(_rig.Told.OfType<StreamEvent.TakenOver>()).IsCarriedOut);
        _rig.Policies = FamilyPolicies.Default;
        await _rig.RunAsync(10, () => IsTakenOver);
        Assert.True(IsTakenOver);
    }

    [Fact]
    public async Task A_stream_of_a_process_comes_before_any_number_of_readers_of_events()
    {
        for (var i = 0; i < 256; i++) await _rig.StallAsync(StreamKind.Events, "");
        await _rig.RunAsync(1);
        await _rig.StallAsync(StreamKind.Attach, "web");
        _rig.Proc.End(StreamRig.Init);
        await _rig.RunAsync(40, () => IsTakenOver);
        Assert.True(IsTakenOver);
    }
}
