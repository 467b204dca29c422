using CsCheck;
using DockerGuardProxy.Guard;
using Xunit;

namespace DockerGuardProxy.Tests.Guard;

public sealed class LedgerPropertyTests
{
    private static readonly Gen<(int What, int One, int Two)[]> Steps =
        Gen.Select(Gen.Int[0, 99], Gen.Int[0, 999], Gen.Int[0, 999]).Array[1, 90];

    [Fact]
    public void No_interleaving_breaks_a_promise()
    {
        var reached = new Dictionary<string, int>();
        Gen.Select(Gen.Int[1, 3], Steps).Sample(
            (maxInFlight, steps) =>
            {
                using var model = new LedgerModel(maxInFlight);
                foreach (var (what, one, two) in steps)
                    model.Step(what, one, two);
                model.ComeToRest();
                Add(model.Reached, reached);
            },
            iter: 4000);
        string[] hardCases =
        [
            "escalation", "copied", "refused on evidence", "refused on a lost exit", "another cause", "refused at maxWait", "back-off",
            "attempt after back-off", "engine restart",
            "not certain", "restart after unanswered calls",
            nameof(Reason.NotRunning), nameof(Reason.Stuck), nameof(Reason.KillDue), nameof(Reason.SameStop), nameof(Reason.NoRoom),
            nameof(Reason.SharedRestart), nameof(Reason.RunEnded), nameof(Reason.TooManySteps),
        ];
        AssertReached(hardCases, reached);
    }

    [Fact]
    public void A_stop_at_any_moment_tells_every_caller_and_sends_nothing() =>
        Gen.Select(Gen.Int[1, 3], Steps, Gen.Bool).Sample(
            (maxInFlight, steps, observes) =>
            {
                using var model = new LedgerModel(maxInFlight, observes ? GuardMode.Observe : GuardMode.Enforce);
                foreach (var (what, one, two) in steps)
                    model.Step(what, one, two);
                model.Stop();
            },
            iter: 1500);

    [Fact]
    public void No_fault_and_no_change_of_policies_loses_a_caller_tells_it_twice_or_sends_it_twice()
    {
        var reached = new Dictionary<string, int>();
        Steps.Sample(
            steps =>
            {
                using var unrest = new LedgerUnrest();
                foreach (var (what, one, two) in steps)
                    unrest.Step(what, one, two);
                unrest.ComeToRest();
                Add(unrest.Reached, reached);
            },
            iter: 4000);
        string[] hardCases =
            ["fault", "freed by off", "sent by observe", "refused", "would have been refused", nameof(Reason.TooManyWaiting),
                nameof(Reason.RunEnded)];
        AssertReached(hardCases, reached);
    }

    [Fact]
    public void Observe_mode_sends_every_call_at_once_and_answers_none_itself() =>
        Steps.Sample(
            steps =>
            {
                using var model = new LedgerModel(2, GuardMode.Observe);
                foreach (var (what, one, two) in steps)
                    model.Step(what, one, two);
                model.ComeToRest();
            },
            iter: 1500);

    // Samples run on several threads.
    private static void Add(Dictionary<string, int> counts, Dictionary<string, int> reached)
    {
        lock (reached)
        {
            foreach (var (what, count) in counts)
                reached[what] = reached.GetValueOrDefault(what) + count;
        }
    }

    private static void AssertReached(string[] hardCases, Dictionary<string, int> reached) =>
        Assert.All(hardCases, what => Assert.True(reached.GetValueOrDefault(what) > 20, $"{what}: {reached.GetValueOrDefault(what)}"));
}
