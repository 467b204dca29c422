using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Streams;
using DockerGuardProxy.Tests.Engine;
using Xunit;

namespace DockerGuardProxy.Tests.Route;

/// <summary>Exec streams whose process is told by a number that may be wrong, and containers told by a name that may have gone to another.</summary>
public sealed class ExecStreamTests : IDisposable
{
    private const string Exec = "e1";
    private const int Pid = 600, Other = 700;

    private readonly StreamRig _rig = new();

    private bool IsTakenOver => _rig.Told.Any(told => told is StreamEvent.TakenOver);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_process_that_is_not_of_the_container_tells_nothing_of_its_exec()
    {
        Run(Other);
        _rig.Proc.Process(Pid, "sh", StreamRig.Cgroup, parent: StreamRig.Shim);
        _rig.Proc.Process(Other, "stranger", "0::/docker/" + Samples.Id("b") + "\n");
        await _rig.StallAsync(StreamKind.Exec, Exec);
        await _rig.RunAsync(12);
        _rig.Proc.End(Other);
        await _rig.RunAsync(30);
        Assert.False(IsTakenOver);
        _rig.Proc.End(Pid);
        await _rig.RunAsync(120, () => IsTakenOver);
        Assert.True(IsTakenOver);
    }

    [Fact]
    public async Task The_engine_is_not_asked_again_where_the_client_has_moved_meanwhile()
    {
        Run(Pid);
        _rig.Proc.Process(Pid, "sh", StreamRig.Cgroup, parent: StreamRig.Shim);
        var client = await _rig.StallAsync(StreamKind.Exec, Exec);
        await _rig.RunAsync(12);

        // Not waited for in a round, and waited for again.
        _rig.Streams.Remove(client.Stream);
        await _rig.RunAsync(1);
        _rig.Streams.Add(client.Stream);
        await _rig.RunAsync(12);
        Assert.Single(_rig.Engine.Asked, "exec " + Exec);
    }

    [Fact]
    public async Task An_engine_that_does_not_answer_is_asked_of_a_few_execs_at_a_time_and_in_the_end_of_each()
    {
        _rig.Engine.Interfere = static (_, cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
        for (var i = 0; i < 9; i++) await _rig.StallAsync(StreamKind.Exec, $"e{i}", StreamRig.Id);
        await _rig.RunAsync(20, () => _rig.Engine.Asked.Count > 0);
        Assert.Equal(4, _rig.Engine.Asked.Count);
        await _rig.RunAsync(40, () => _rig.Engine.Asked.Count == 9);
        Assert.Equal(9, _rig.Engine.Asked.Distinct().Count());
    }

    [Fact]
    public async Task An_exec_of_which_there_was_more_than_may_be_held_is_not_counted_as_wrong()
    {
        _rig.Policies = FamilyPolicies.Default with { Streams = new StreamsPolicy { MaxRestPerStream = 1000 } };
        _rig.Engine.Info = new EngineInfo("26.1.5", null);
        _rig.Engine.ExecStates[Exec] = new ExecState(StreamRig.Id, Running: false, null);
        await _rig.StallAsync(StreamKind.Exec, Exec);
        await _rig.RunAsync(60);
        Assert.Contains(_rig.Told, told => told is StreamEvent.RestCut);
        Assert.DoesNotContain(_rig.Told, told => told is StreamEvent.ProvedWrong);
    }

    [Theory]
    [InlineData("late", false)]
    [InlineData("def", true)]
    public async Task A_container_that_was_not_known_at_the_beginning_is_found_by_its_id_alone(string reference, bool isFound)
    {
        await _rig.StallAsync(StreamKind.Attach, reference);
        _rig.Index.BeginList();
        _rig.Index.EndList([new ListedContainer(Samples.Id("def"), ["/late"], Running: true, Pod: null)]);
        await _rig.RunAsync(20);
        Assert.Equal(isFound ? Samples.Id("def") : null, Assert.Single(_rig.Stalled.Current).ContainerId);
    }

    private void Run(int pid)
    {
        _rig.Engine.Info = new EngineInfo("26.1.5", null);
        _rig.Engine.ExecStates[Exec] = new ExecState(StreamRig.Id, Running: true, pid);
    }
}
