using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Streams;
using DockerGuardProxy.Tests.Engine;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

public sealed class StreamWatchTests : IDisposable
{
    private const string Exec = "e1";

    private static readonly TransfersPolicy Cutting = new() { Mode = GuardMode.Enforce, Stall = TimeSpan.FromSeconds(20) };

    private readonly StreamRig _rig = new();

    private bool IsTakenOver => _rig.Told.Any(told => told is StreamEvent.TakenOver);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task An_ended_container_whose_output_is_not_read_is_taken_over_and_the_client_gets_all_of_it()
    {
        var client = await _rig.StallAsync(StreamKind.Attach, "web");
        _rig.Proc.End(StreamRig.Init);
        await _rig.RunAsync(10);
        Assert.False(IsTakenOver);
        await _rig.RunAsync(6, () => IsTakenOver);
        var stream = Assert.Single(_rig.Told.OfType<StreamEvent.TakenOver>());
        Assert.True(stream.IsCarriedOut);
        Assert.Equal((StreamRig.Id, "web", Environment.ProcessId), (stream.Stream.ContainerId, stream.Stream.ContainerName, stream.Stream.Pid));
        client.Engine.End();
        _rig.Die();
        await _rig.RunAsync(10);
        Assert.True(Assert.Single(_rig.Stalled.Current).IsTakenOver);
        Assert.True(_rig.Stalled.Held > 0);
        Assert.True(await client.ReadsInOrderAsync(1 << 20));
        Assert.True(await client.Running);
        Assert.Equal(0, _rig.Stalled.Held);
        Assert.DoesNotContain(_rig.Told, told => told is StreamEvent.ProvedWrong);
    }

    [Fact]
    public async Task While_the_process_lives_nothing_is_taken_over_but_the_stall_is_told()
    {
        await _rig.StallAsync(StreamKind.Attach, "web");
        await _rig.RunAsync(60);
        Assert.IsType<StreamEvent.Stalled>(Assert.Single(_rig.Told));
        var stalled = Assert.Single(_rig.Stalled.Current);
        Assert.True(stalled is { HasEnded: false, Unread: > 0 });
    }

    [Fact]
    public async Task A_client_that_takes_a_byte_in_nine_seconds_is_left_alone_even_when_its_process_has_ended()
    {
        var client = await _rig.StallAsync(StreamKind.Attach, "web");
        _rig.Proc.End(StreamRig.Init);
        for (var i = 0; i < 12; i++)
        {
            client.Read(1);
            await _rig.RunAsync(9);
        }

        Assert.Empty(_rig.Told);
        Assert.Empty(_rig.Stalled.Current);
    }

    [Fact]
    public async Task In_observe_it_is_said_once()
    {
        _rig.Policies = FamilyPolicies.Default with { Streams = new StreamsPolicy { Mode = GuardMode.Observe } };
        await _rig.StallAsync(StreamKind.Attach, "web");
        _rig.Proc.End(StreamRig.Init);
        await _rig.RunAsync(60);
        Assert.False(Assert.Single(_rig.Told.OfType<StreamEvent.TakenOver>()).IsCarriedOut);
        Assert.Null(Assert.Single(_rig.Streams.Open).Pump!.Rest);
    }

    [Fact]
    public async Task Off_nothing_is_looked_at()
    {
        _rig.Policies = FamilyPolicies.Default with { Streams = new StreamsPolicy { Mode = GuardMode.Off } };
        await _rig.StallAsync(StreamKind.Attach, "web");
        _rig.Proc.End(StreamRig.Init);
        await _rig.RunAsync(30);
        Assert.Empty(_rig.Told);
        Assert.Empty(_rig.Stalled.Current);
    }

    [Fact]
    public async Task An_exempt_caller_is_named_and_left_alone()
    {
        _rig.Proc.Process(Environment.ProcessId, "friend", "0::/\n");
        _rig.Exempt = new Exemptions { Callers = ["friend"] };
        await _rig.StallAsync(StreamKind.Attach, "web");
        _rig.Proc.End(StreamRig.Init);
        await _rig.RunAsync(30);
        Assert.Equal("friend", Assert.IsType<StreamEvent.Stalled>(Assert.Single(_rig.Told)).Stream.Comm);
    }

    [Fact]
    public async Task An_end_that_the_engine_has_told_of_is_waited_for_by_nobody()
    {
        await _rig.StallAsync(StreamKind.Attach, "web");
        await _rig.RunAsync(3);
        _rig.Proc.End(StreamRig.Init);
        _rig.Die();
        await _rig.RunAsync(40);
        Assert.False(IsTakenOver);
    }

    [Fact]
    public async Task While_events_may_have_been_missed_nothing_is_taken_over()
    {
        await _rig.StallAsync(StreamKind.Attach, "web");
        _rig.Proc.End(StreamRig.Init);
        await _rig.RunAsync(3);
        _rig.Index.LoseTrack();
        await _rig.RunAsync(40);
        Assert.False(IsTakenOver);
    }

    [Fact]
    public async Task A_take_over_after_which_the_container_does_not_end_is_counted_as_wrong()
    {
        await _rig.StallAsync(StreamKind.Attach, "web");
        _rig.Proc.End(StreamRig.Init);
        await _rig.RunAsync(40, () => _rig.Told.Any(told => told is StreamEvent.ProvedWrong));
        Assert.Single(_rig.Told.OfType<StreamEvent.ProvedWrong>());
        await _rig.RunAsync(30);
        Assert.Single(_rig.Told.OfType<StreamEvent.ProvedWrong>());
    }

    [Fact]
    public async Task What_is_more_than_may_be_held_is_told()
    {
        _rig.Policies = FamilyPolicies.Default with { Streams = new StreamsPolicy { MaxRestPerStream = 1000 } };
        var client = await _rig.StallAsync(StreamKind.Attach, "web");
        _rig.Proc.End(StreamRig.Init);
        await _rig.RunAsync(40, () => _rig.Told.Any(told => told is StreamEvent.RestCut));
        Assert.True(client.Engine.IsEngineClosed);
        Assert.True(Assert.Single(_rig.Told.OfType<StreamEvent.RestCut>()).Stream.IsCut);
    }

    [Theory]
    [InlineData("exited", true)]
    [InlineData("runs, and then its process goes", true)]
    [InlineData("runs", false)]
    [InlineData("unknown", false)]
    [InlineData("silent, and no process of an exec is left", true)]
    [InlineData("silent, and one is left", false)]
    public async Task An_exec_is_taken_over_once_its_process_has_exited(string what, bool isTakenOver)
    {
        const int pid = 600;
        _rig.Engine.Info = new EngineInfo("26.1.5", null);
        if (what.StartsWith("runs", StringComparison.Ordinal) || what.EndsWith("one is left", StringComparison.Ordinal))
            _rig.Proc.Process(pid, "sh", StreamRig.Cgroup, start: 200, parent: StreamRig.Shim);
        if (what == "exited") _rig.Engine.ExecStates[Exec] = new ExecState(StreamRig.Id, Running: false, null);
        if (what.StartsWith("runs", StringComparison.Ordinal)) _rig.Engine.ExecStates[Exec] = new ExecState(StreamRig.Id, Running: true, pid);
        if (what.StartsWith("silent", StringComparison.Ordinal))
            _rig.Engine.Interfere = (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
        await _rig.StallAsync(StreamKind.Exec, Exec, what.StartsWith("silent", StringComparison.Ordinal) ? StreamRig.Id : null);
        await _rig.RunAsync(12);
        if (what == "runs, and then its process goes") _rig.Proc.End(pid);
        await _rig.RunAsync(40, () => IsTakenOver);
        Assert.Equal(isTakenOver, IsTakenOver);
        Assert.Single(_rig.Engine.Asked, "exec " + Exec);
    }

    [Fact]
    public async Task An_exec_whose_container_has_ended_is_taken_over_though_nobody_knows_of_its_process()
    {
        _rig.Engine.Interfere = (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
        await _rig.StallAsync(StreamKind.Exec, Exec, StreamRig.Id);
        _rig.Proc.End(StreamRig.Init);
        await _rig.RunAsync(40, () => IsTakenOver);
        Assert.True(IsTakenOver);
    }

    [Theory]
    [InlineData(StreamKind.Download)]
    [InlineData(StreamKind.Upload)]
    internal async Task A_transfer_left_lying_is_named_and_cut_only_while_others_wait(StreamKind kind)
    {
        _rig.Policies = FamilyPolicies.Default with { Transfers = Cutting };
        var client = await _rig.StallAsync(kind, "web");
        await _rig.RunAsync(30);
        Assert.False(client.IsCut);
        Assert.Equal(kind, Assert.Single(_rig.Stalled.Current).Kind);
        _rig.OthersWait = true;
        await _rig.RunAsync(3);
        Assert.True(client.IsCut);
        Assert.True(Assert.Single(_rig.Told.OfType<StreamEvent.TransferCut>()).IsCarriedOut);
    }

    [Fact]
    public async Task An_upload_that_the_engine_has_not_taken_is_not_its_clients_fault()
    {
        _rig.Policies = FamilyPolicies.Default with { Transfers = Cutting };
        _rig.OthersWait = true;
        var client = await _rig.StallAsync(StreamKind.Upload, "web");
        client.Stream.Engine!.Send(new byte[100]);
        await _rig.RunAsync(30);
        Assert.False(client.IsCut);
        Assert.Empty(_rig.Stalled.Current);
        client.EngineSocket.Receive(new byte[100]);
        await _rig.RunAsync(30);
        Assert.True(client.IsCut);
    }

    [Fact]
    public async Task A_reader_of_events_that_stalls_is_named_and_nothing_is_done()
    {
        var client = await _rig.StallAsync(StreamKind.Events, "");
        await _rig.RunAsync(60);
        Assert.IsType<StreamEvent.Stalled>(Assert.Single(_rig.Told));
        Assert.Equal((StreamKind.Events, Environment.ProcessId), (_rig.Stalled.Current[0].Kind, _rig.Stalled.Current[0].Pid));
        Assert.False(client.IsCut);
    }

    [Fact]
    public async Task It_sleeps_while_nobody_is_waited_for_and_wakes_when_somebody_is()
    {
        await _rig.Watch.StartAsync(Samples.Cancel);
        _rig.Time.Advance(TimeSpan.FromHours(1));
        _rig.Proc.End(StreamRig.Init);
        await _rig.StallAsync(StreamKind.Attach, "web");
        await Eventually.Async(() => IsTakenOver, () => _rig.Time.Advance(TimeSpan.FromMilliseconds(250)));
        await _rig.Watch.StopAsync(Samples.Cancel);
    }
}
