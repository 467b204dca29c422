using System.Collections.Immutable;
using CsCheck;
using DockerGuardProxy.Probe;
using Xunit;

namespace DockerGuardProxy.Tests.Probe;

public sealed class BareDiagnosisTests
{
    private static readonly RunSample None = Sample();
    private static readonly RunSample Gone = None with { InitGone = true };
    private static readonly TaskSample Init = Task(10, 'S', exiting: true);
    private static readonly TaskSample Stuck = Task(11, 'D', killed: true);
    private static readonly TaskSample Running = Task(12, 'S');
    private static readonly TaskSample Zombie = Task(13, 'Z', exiting: true);

    public static TheoryData<string> Names => [.. Cases.Keys];

    private static Dictionary<string, (RunSample First, RunSample Second, bool Due, bool Seen, DiagnosisKind Kind, int[] Tids)> Cases { get; } = new()
    {
        // 1. Incomplete samples.
        ["first unreadable"] = (RunSample.Unreadable, Sample(Stuck), true, true, DiagnosisKind.CannotTell, []),
        ["second unreadable"] = (Sample(Stuck), RunSample.Unreadable, true, true, DiagnosisKind.CannotTell, []),

        // 2. No task left.
        ["no task, seen before"] = (None, None, true, true, DiagnosisKind.ExitLost, []),
        ["no task, init gone"] = (Gone, Gone, true, false, DiagnosisKind.ExitLost, []),
        ["no task, never seen"] = (None, None, true, false, DiagnosisKind.CannotTell, []),
        ["no task, not due"] = (None, None, false, true, DiagnosisKind.Alive, []),
        ["just ended"] = (Sample(Stuck), None, true, true, DiagnosisKind.Alive, []),
        ["zombies that nobody reaps"] = (Sample(Zombie), Sample(Zombie), true, true, DiagnosisKind.ExitLost, [13]),

        // 3. Not due.
        ["running, not due"] = (Sample(Running), Sample(Running), false, true, DiagnosisKind.Alive, []),
        ["in D with SIGKILL, not due"] = (Sample(Init, Stuck), Sample(Init, Stuck), false, true, DiagnosisKind.Alive, []),

        // 4. SIGKILL has not reached all.
        ["in D without SIGKILL"] = (Sample(Task(11, 'D')), Sample(Task(11, 'D')), true, true, DiagnosisKind.NotKilled, []),
        ["one of two without SIGKILL"] = (Sample(Running, Stuck), Sample(Running, Stuck), true, true, DiagnosisKind.NotKilled, []),
        ["frozen without SIGKILL"] =
            (Sample(Task(11, 'D')), Sample(Task(11, 'D') with { Frozen = true }), true, true, DiagnosisKind.NotKilled, []),
        ["SIGKILL has just come"] = (Sample(Task(11, 'D')), Sample(Stuck), true, true, DiagnosisKind.Alive, []),
        ["a new task without SIGKILL"] = (Sample(Stuck), Sample(Stuck, Running), true, true, DiagnosisKind.Alive, []),

        // 5. In D.
        ["init exiting, child in D"] = (Sample(Init, Stuck), Sample(Init, Stuck), true, true, DiagnosisKind.DState, [11]),
        ["zombie leader, thread in D"] =
            (Sample(Zombie, Task(14, 'D', killed: true)), Sample(Zombie, Task(14, 'D', killed: true)), true, true, DiagnosisKind.DState, [14]),
        ["exiting in D"] =
            (Sample(Task(11, 'D', exiting: true)), Sample(Task(11, 'D', exiting: true)), true, true, DiagnosisKind.DState, [11]),
        ["one stuck, one on its way"] =
            (Sample(Stuck, Task(15, 'D', killed: true)), Sample(Stuck, Task(15, 'D', killed: true, switches: 9)), true, true,
            DiagnosisKind.DState, [11]),
        ["one stuck, one running out"] =
            (Sample(Stuck, Task(15, 'R', killed: true)), Sample(Stuck, Task(15, 'R', killed: true)), true, true, DiagnosisKind.DState, [11]),
        ["busy with I/O"] =
            (Sample(Stuck), Sample(Stuck with { Switches = 6 }), true, true, DiagnosisKind.Alive, []),
        ["tid used again"] = (Sample(Stuck), Sample(Stuck with { Start = 101 }), true, true, DiagnosisKind.Alive, []),
        ["frozen"] = (Sample(Stuck), Sample(Stuck with { Frozen = true }), true, true, DiagnosisKind.Frozen, [11]),
        ["one frozen, one stuck elsewhere"] =
            (Sample(Stuck, Task(15, 'D', killed: true)), Sample(Stuck with { Frozen = true }, Task(15, 'D', killed: true)), true, true,
            DiagnosisKind.DState, [15]),

        // 6, 7. None in D.
        ["init waits for something outside"] = (Sample(Init), Sample(Init), true, true, DiagnosisKind.DState, [10]),
        ["init still busy"] = (Sample(Init), Sample(Init with { Switches = 6 }), true, true, DiagnosisKind.Alive, []),
        ["out of CPU"] = (Sample(Task(11, 'R', killed: true)), Sample(Task(11, 'R', killed: true)), true, true, DiagnosisKind.Alive, []),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Decides(string name)
    {
        var (first, second, due, seen, kind, tids) = Cases[name];
        var diagnosis = BareDiagnosis.Of(first, second, due, seen);
        Assert.Equal(kind, diagnosis.Kind);
        Assert.Equal(tids, diagnosis.Holders.Select(task => task.Tid));
    }

    [Fact]
    public void No_evidence_while_a_task_can_act_on_SIGKILL_or_before_it_is_due()
    {
        var task = Gen.Select(Gen.Int[1, 4], Gen.Char["SDRZT"], Gen.Bool, Gen.Bool, Gen.Int[0, 1], Gen.Bool).Select(t =>
            Task(t.Item1, t.Item2, t.Item3, t.Item4, t.Item5) with { Frozen = t.Item6 });
        var sample = task.Array[0, 4].Select(tasks => Sample([.. tasks.DistinctBy(t => t.Tid)]));
        Gen.Select(sample, sample, Gen.Bool, Gen.Bool).Sample((first, second, due, seen) =>
        {
            var evidence = new Diagnosis(BareDiagnosis.Of(first, second, due, seen).Kind, []).IsEvidence;
            return !evidence || (due && !first.Tasks.Concat(second.Tasks).Any(t => t.IsLive && !t.IsDoomed));
        });
    }

    private static RunSample Sample(params TaskSample[] tasks) => new(true, false, [], [.. tasks.ToImmutableArray()]);

    private static TaskSample Task(int tid, char state, bool killed = false, bool exiting = false, int switches = 5) =>
        new(tid, tid, 100, "task", state, killed, exiting, false, (ulong)switches);
}
