using CsCheck;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Guard.Permits;
using Xunit;

namespace DockerGuardProxy.Tests.Guard.Permits;

public sealed class PermitPropertyTests
{
    /// <summary>Random interleavings; the long form sets DOCKER_GUARD_PROXY_PERMIT_ITERATIONS to 1000000.</summary>
    private static readonly long Iterations =
        long.TryParse(Environment.GetEnvironmentVariable("DOCKER_GUARD_PROXY_PERMIT_ITERATIONS"), out var asked) ? asked : 5000;

    private static readonly Gen<(int What, int One, int Two)[]> Steps =
        Gen.Select(Gen.Int[0, 99], Gen.Int[0, 999], Gen.Int[0, 999]).Array[1, 120];

    [Fact]
    public void Every_permit_comes_back_once_and_every_held_call_has_one_outcome()
    {
        var reached = new Dictionary<string, long>();
        Gen.Select(Gen.Int[1, 5], Steps).Sample(
            (maxUnanswered, steps) =>
            {
                using var model = new Model(maxUnanswered);
                foreach (var (what, one, two) in steps) model.Step(what, one, two);
                model.ComeToRest();
                lock (reached)
                {
                    foreach (var (what, count) in model.Reached) reached[what] = reached.GetValueOrDefault(what) + count;
                }
            },
            iter: Iterations);
        string[] hardCases =
        [
            "held", "released", "dropped", "told held", "told sent", "kept", "refused", "burst", "died", "engine", "off", "observe", "stats held",
            "begun", "concluded", "withdrawn",
        ];
        Assert.All(hardCases, what => Assert.True(reached.GetValueOrDefault(what) > 20, $"{what}: {reached.GetValueOrDefault(what)}"));
    }

    /// <summary>What must be true after each step, kept by other means than the ledger's.</summary>
    private sealed class Model : IDisposable
    {
        private static readonly string[] Names =
        [
            "inspect", "inspect", "inspect", "top", "logs", "changes", "exec-create", "attach", "wait", "start", "archive", "stats", "stats", "pause",
            "exec", "exec",
        ];

        private readonly PermitRig _rig;
        private readonly List<PermitRig.Sent> _open = [];
        private readonly List<PermitRig.Sent> _kept = [];
        private readonly int _maxUnanswered;

        public Model(int maxUnanswered)
        {
            _maxUnanswered = maxUnanswered;
            _rig = new PermitRig(families => Enforcing(families));
        }

        public Dictionary<string, long> Reached { get; } = [];

        public void Dispose() => _rig.Dispose();

        public void Step(int what, int one, int two)
        {
            switch (what)
            {
                case < 40:
                    Arrive(one, two);
                    break;
                case < 44:
                    for (var i = 0; i < 40; i++) Arrive(0, 0);
                    break;
                case < 60:
                    _rig.Time.Advance(TimeSpan.FromMilliseconds(two * 6));
                    break;
                case < 74:
                    Answer(one);
                    break;
                case < 84:
                    Leave(one);
                    break;
                case < 88:
                    Count("died");
                    _rig.Keeper.Renew(IdOf(one));
                    break;
                case < 90:
                    Count("engine");
                    _rig.Keeper.EngineRestarted();
                    break;
                case < 94:
                    ChangePolicies(one);
                    break;
                default:
                    if (_kept.Count > 0) See(_kept[one % _kept.Count]);
                    break;
            }

            Look();
        }

        public void ComeToRest()
        {
            for (var round = 0; _open.Count + _kept.Count > 0; round++)
            {
                Assert.True(round < 10_000, "held for ever");
                foreach (var call in _open.Where(call => call.Now == PermitOutcomeKind.Send).ToList()) End(call, isAnswered: true);
                foreach (var call in _kept.ToList()) See(call);
                Look();
            }

            _rig.Time.Advance(TimeSpan.FromMinutes(3));
            var end = _rig.Keeper.Snapshot();
            Assert.Equal(0, end.Waiting);
            Assert.Empty(end.Containers);
            Assert.DoesNotContain(_rig.Events, happened => happened is PermitEvent.Faulted);

            // Each call of which something was decided has come to one end.
            var totals = _rig.Totals;
            var ends = _rig.Events.OfType<PermitEvent.Concluded>().ToList();
            var decided = totals.Held + totals.WouldHold + totals.Refused;
            Assert.InRange(ends.Count, decided, decided + totals.Told + totals.WouldTell);
            Assert.Equal(totals.Refused, ends.Count(end => end.Verdict.Kind == PermitVerdictKind.Refused));
            Assert.Equal(totals.Told, ends.Count(end => end is { Verdict.Kind: PermitVerdictKind.Told, Fate: PermitFate.Refused }));
            Assert.Equal(totals.Dropped, ends.Count(end => end is { Fate: PermitFate.Left, IsSent: false }));
            Assert.All(ends, end => Assert.True(end.Arrived <= end.Ended && end.Fate != PermitFate.FailedOpen));
            if (ends.Count > 0) Count("concluded");
        }

        private static string IdOf(int number) => number % 3 == 0 ? "b" : "a";

        private FamilyPolicies Enforcing(FamilyPolicies families) => PermitRig.Telling(families) with
        {
            Lock = PermitRig.Telling(families).Lock with { MaxUnanswered = _maxUnanswered, MaxWaitingPerContainer = 30, MaxWaitingOnNode = 40 },
        };

        private void Count(string what) => Reached[what] = Reached.GetValueOrDefault(what) + 1;

        private void Arrive(int one, int two)
        {
            var row = PermitRig.Row(Names[two % Names.Length]);
            var call = _rig.Ask(row, row.Lock, IdOf(one), one % 2 == 0 ? "kubelet" : "test");
            call.Caller.CanBeTold = one % 5 != 0;
            if (call.First == PermitOutcomeKind.Refused)
            {
                Count("refused");
                return;
            }

            if (call.First == PermitOutcomeKind.Held)
            {
                Count(row.Family == Family.Stats ? "stats held" : "held");
                Assert.True(row.Family == Family.Stats || (row.Lock & LockPart.Holdable) != 0, row.Name);
                if (Unanswered(IdOf(one)) >= PermitDecision.Burst) Count("burst");
            }

            _open.Add(call);
        }

        private void Answer(int one)
        {
            var sent = _open.Where(call => call.Now == PermitOutcomeKind.Send).ToList();
            if (sent.Count > 0) End(sent[one % sent.Count], isAnswered: one % 4 != 0);
        }

        private void End(PermitRig.Sent call, bool isAnswered)
        {
            var streams = isAnswered && call.Call is { IsHolderAtStart: true, State: PermitState.Sent } && _open.Count % 2 == 0;
            if (isAnswered) _rig.Keeper.Answered(call.Call);
            if (streams)
            {
                // It goes on, and holds nothing any more.
                _rig.Keeper.Begun(call.Call);
                Count("begun");
                return;
            }

            _rig.Keeper.Ended(call.Call);
            _rig.Keeper.Ended(call.Call);
            _open.Remove(call);
        }

        private void Leave(int one)
        {
            if (_open.Count == 0) return;
            var call = _open[one % _open.Count];
            _open.Remove(call);
            if (call.Now == PermitOutcomeKind.Held)
            {
                Count("dropped");
                _rig.Keeper.Withdrawn(call.Call);
            }
            else if (call is { First: PermitOutcomeKind.Held, Now: PermitOutcomeKind.Send, Call.State: PermitState.Sent } && one % 2 == 0)
            {
                Count("withdrawn");
                _rig.Keeper.Withdrawn(call.Call);
            }
            else if (_rig.Keeper.Left(call.Call))
            {
                Count("kept");
                _kept.Add(call);
            }
        }

        private void See(PermitRig.Sent call)
        {
            _rig.Keeper.Seen(call.Call, call.Call.Serial);
            _rig.Keeper.Seen(call.Call, call.Call.Serial);
            _kept.Remove(call);
        }

        private void ChangePolicies(int one)
        {
            var mode = (GuardMode)(one % 3);
            if (mode != GuardMode.Enforce) Count(mode == GuardMode.Off ? "off" : "observe");
            var before = _open.Where(call => call.Now == PermitOutcomeKind.Held).ToList();
            _rig.Keeper.Policies = PermitRig.Policies(families => mode == GuardMode.Enforce ? Enforcing(families) : FamilyPolicies.Under(mode));
            if (mode != GuardMode.Enforce) Assert.All(before, call => Assert.NotEqual(PermitOutcomeKind.Held, call.Now));
        }

        // Those who were told are answered; of those who were with the engine the call goes on.
        private void Look()
        {
            foreach (var call in _open.ToList())
            {
                if (call.First == PermitOutcomeKind.Held && call.Now == PermitOutcomeKind.Send) Count("released");
                if (call.Now == PermitOutcomeKind.Told)
                {
                    Count("told held");
                    _open.Remove(call);
                }
                else if (call.Caller.Told is not null)
                {
                    Count("told sent");
                    _open.Remove(call);
                    _kept.Add(call);
                }
            }

            var snapshot = _rig.Keeper.Snapshot();
            Assert.Equal(_open.Count(call => call.Now == PermitOutcomeKind.Held), snapshot.Waiting);
            Assert.Equal(snapshot.Waiting, snapshot.Containers.Sum(container => container.Held));
            foreach (var id in new[] { "a", "b" })
            {
                var counted = snapshot.Containers.FirstOrDefault(container => container.Id == id)?.Calls.Sum(calls => calls.Unanswered) ?? 0;
                Assert.Equal(Unanswered(id), counted);
            }
        }

        private int Unanswered(string id) => _open.Concat(_kept).Count(call =>
            call.Call.State == PermitState.Sent && call.Call.Container!.Id == id && call.Call.Row.Name is not ("pause" or "exec"));
    }
}
