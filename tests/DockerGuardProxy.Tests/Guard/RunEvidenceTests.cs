using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;
using Xunit;

namespace DockerGuardProxy.Tests.Guard;

public sealed class RunEvidenceTests
{
    private static readonly DateTimeOffset Utc = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly StuckTask A = new(7, 7, 1, "dd", 'D', "io_schedule", null);
    private static readonly StuckTask B = A with { Pid = 8, Tid = 8 };

    private static readonly Dictionary<string, Diagnosis?> Reports = new()
    {
        ["nothing"] = null,
        ["A in D"] = new(DiagnosisKind.DState, [A]),
        ["A elsewhere in D"] = new(DiagnosisKind.DState, [A with { Wchan = "rpc_wait" }]),
        ["A and B in D"] = new(DiagnosisKind.DState, [A, B]),
        ["B in D"] = new(DiagnosisKind.DState, [B]),
        ["A's pid again in D"] = new(DiagnosisKind.DState, [A with { Start = 2 }]),
        ["A frozen"] = new(DiagnosisKind.Frozen, [A]),
        ["exit lost"] = new(DiagnosisKind.ExitLost, []),
        ["exit lost, A a zombie"] = new(DiagnosisKind.ExitLost, [A with { State = 'Z' }]),
        ["alive"] = new(DiagnosisKind.Alive, []),
        ["not killed"] = new(DiagnosisKind.NotKilled, []),
        ["cannot tell"] = new(DiagnosisKind.CannotTell, []),
    };

    /// <summary>Before, report, and whether there is evidence after: of then, of now, or none; and what it was.</summary>
    [Theory]
    [InlineData("nothing", "alive", null, nameof(EvidenceChange.None))]
    [InlineData("nothing", "cannot tell", null, nameof(EvidenceChange.None))]
    [InlineData("nothing", "A in D", 50, nameof(EvidenceChange.Began))]
    [InlineData("nothing", "exit lost", 50, nameof(EvidenceChange.Began))]
    [InlineData("alive", "A frozen", 50, nameof(EvidenceChange.Began))]
    [InlineData("alive", "not killed", null, nameof(EvidenceChange.None))]
    [InlineData("A in D", "A in D", 10, nameof(EvidenceChange.None))]
    [InlineData("A in D", "A elsewhere in D", 10, nameof(EvidenceChange.None))]
    [InlineData("A in D", "A and B in D", 10, nameof(EvidenceChange.None))]
    [InlineData("A and B in D", "B in D", 10, nameof(EvidenceChange.None))]
    [InlineData("exit lost, A a zombie", "exit lost", 10, nameof(EvidenceChange.None))]
    [InlineData("A in D", "B in D", 50, nameof(EvidenceChange.Changed))]
    [InlineData("A in D", "A's pid again in D", 50, nameof(EvidenceChange.Changed))]
    [InlineData("A in D", "A frozen", 50, nameof(EvidenceChange.Changed))]
    [InlineData("A frozen", "A in D", 50, nameof(EvidenceChange.Changed))]
    [InlineData("A in D", "exit lost", 50, nameof(EvidenceChange.Changed))]
    [InlineData("A in D", "exit lost, A a zombie", 50, nameof(EvidenceChange.Changed))]
    [InlineData("exit lost", "A in D", 50, nameof(EvidenceChange.Changed))]
    [InlineData("A in D", "alive", null, nameof(EvidenceChange.Ended))]
    [InlineData("A in D", "not killed", null, nameof(EvidenceChange.Ended))]
    [InlineData("exit lost", "cannot tell", null, nameof(EvidenceChange.Ended))]
    public void Each_report_makes_the_next_evidence(string before, string report, int? since, string change)
    {
        var was = Reports[before] is { } first ? RunEvidence.None.With(first, At(10), Utc, At(10)).Next : RunEvidence.None;
        var (next, what) = was.With(Reports[report]!, At(50), Utc.AddSeconds(40), At(50));
        Assert.Equal(change, what.ToString());
        Assert.Equal(since is { } seconds ? At(seconds) : null, next.Since);
        if (since is not null)
            Assert.Equal(Utc.AddSeconds(since.Value - 10), next.SinceUtc);
        Assert.Equal(Reports[report], next.Last, (one, other) => one!.Kind == other!.Kind && one.Tasks.SequenceEqual(other.Tasks));
        Assert.False(next.IsUnconfirmed);
    }

    [Theory]
    [InlineData("A and B in D", "B in D", 10, nameof(EvidenceChange.None))]
    [InlineData("exit lost, A a zombie", "exit lost, A a zombie", 10, nameof(EvidenceChange.None))]
    [InlineData("A in D", "exit lost, A a zombie", 50, nameof(EvidenceChange.Changed))]
    [InlineData("A in D", "A frozen", 50, nameof(EvidenceChange.Changed))]
    [InlineData("A in D", "B in D", 50, nameof(EvidenceChange.NotRecognised))]
    [InlineData("A in D", "A's pid again in D", 50, nameof(EvidenceChange.NotRecognised))]
    [InlineData("A in D", "exit lost", 50, nameof(EvidenceChange.NotRecognised))]
    [InlineData("exit lost, A a zombie", "exit lost", 50, nameof(EvidenceChange.NotRecognised))]
    [InlineData("A in D", "alive", null, nameof(EvidenceChange.NotRecognised))]
    [InlineData("A in D", "cannot tell", null, nameof(EvidenceChange.NotRecognised))]
    public void What_was_remembered_counts_on_only_where_one_of_its_tasks_is_met_again(string before, string report, int? since, string change)
    {
        var was = RunEvidence.Remembered(Reports[before]!, At(10), Utc, At(10));
        Assert.True(was.IsUnconfirmed);
        var (next, what) = was.With(Reports[report]!, At(50), Utc.AddSeconds(40), At(50));
        Assert.Equal((change, since is { } seconds ? At(seconds) : null, false), (what.ToString(), next.Since, next.IsUnconfirmed));
    }

    [Theory]
    [InlineData("A in D", 11, 21)]
    [InlineData("A frozen", 11, 21)]
    [InlineData("A in D", 60, 70)]
    [InlineData("exit lost", 11, 50)]
    [InlineData("exit lost", 0, 50)]
    [InlineData("exit lost", 60, 70)]
    public void By_a_lost_exit_nothing_is_stuck_before_the_engine_has_had_its_time(string report, int patience, int stuckAt)
    {
        var evidence = RunEvidence.None.With(Reports[report]!, At(10), Utc, At(10)).Next;
        Assert.Equal(At(stuckAt), evidence.StuckAt(At(patience)));
    }

    [Fact]
    public void Without_evidence_nothing_is_ever_stuck() =>
        Assert.Null(RunEvidence.None.With(Reports["alive"]!, At(10), Utc, At(10)).Next.StuckAt(TimeSpan.Zero));

    [Fact]
    public void The_same_report_is_kept_as_one_object()
    {
        var evidence = RunEvidence.None.With(Reports["A in D"]!, At(10), Utc, At(10)).Next;
        var next = evidence.With(new Diagnosis(DiagnosisKind.DState, [A]), At(12), Utc, At(12)).Next;
        Assert.Same(evidence.Last, next.Last);
    }

    /// <summary>Whether somebody may be refused, so long after a report at 10 s.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(4, true)]
    [InlineData(5, false)]
    public void Nobody_is_refused_by_an_old_report(int age, bool mayRefuse)
    {
        var evidence = RunEvidence.None.With(Reports["A in D"]!, At(10), Utc, At(10)).Next;
        Assert.Equal(mayRefuse, evidence.MayRefuse(At(10 + age)));
        Assert.False(evidence.Doubted(At(10 + age)).MayRefuse(At(10 + age)));
        Assert.False(RunEvidence.None.MayRefuse(At(10 + age)));
        Assert.False(RunEvidence.Remembered(Reports["A in D"]!, At(10), Utc, At(10)).MayRefuse(At(10 + age)));
        Assert.Equal(At(40), evidence.LostAt);
    }

    [Fact]
    public void Doubt_never_makes_a_report_newer()
    {
        var evidence = RunEvidence.None.With(Reports["A in D"]!, At(10), Utc, At(10)).Next;
        Assert.Equal(At(7), evidence.Doubted(At(12)).ReportedAt);
        Assert.Equal(At(10), evidence.Doubted(At(30)).ReportedAt);
    }

    [Fact]
    public void Evidence_that_is_over_keeps_what_was_seen_and_when()
    {
        var over = RunEvidence.None.With(Reports["A in D"]!, At(10), Utc, At(10)).Next.Over();
        Assert.Equal((null, At(10), Reports["A in D"]), (over.Since, over.ReportedAt, over.Last));
    }

    private static TimeSpan At(int seconds) => TimeSpan.FromSeconds(seconds);
}
