using DockerGuardProxy.Calls;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Guard.Permits;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.Guard.Permits;

/// <summary>A keeper of permits on a clock of its own, with callers that the test plays.</summary>
internal sealed class PermitRig : IPermitFacts, IPermitObserver, IDisposable
{
    public const string Web = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    public PermitRig(Func<FamilyPolicies, FamilyPolicies>? change = null, params IPermitObserver[] others)
    {
        Time.SetUtcNow(new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero));
        Keeper = new PermitKeeper(Time, Policies(change ?? (families => families)), this, [this, .. others]);
    }

    public FakeTimeProvider Time { get; } = new();

    public PermitKeeper Keeper { get; }

    public List<PermitEvent> Events { get; } = [];

    public SuspectedHolder? Ending { get; set; }

    public PermitTotals Totals => Keeper.Snapshot().Totals;

    public static GuardPolicies Policies(Func<FamilyPolicies, FamilyPolicies> change) =>
        GuardPolicies.Default with { Families = change(FamilyPolicies.Default) };

    /// <summary>Tell in enforce; all else as shipped.</summary>
    public static FamilyPolicies Telling(FamilyPolicies families) =>
        families with { Lock = families.Lock with { Tell = families.Lock.Tell with { Mode = GuardMode.Enforce } } };

    public static CallRow Row(string name) => CallTable.Docker.Rows.First(row => row.Name == name);

    /// <summary>A call comes.</summary>
    public Sent Call(string name = "inspect", string id = Web, string comm = "test") => Ask(Row(name), Row(name).Lock, id, comm);

    public Sent Ask(CallRow row, LockPart part, string id = Web, string comm = "test")
    {
        var caller = new FakeCaller(comm);
        var call = new PermitCall(caller);
        return new Sent(call, caller, Keeper.Arrive(call, id, row, part));
    }

    public IReadOnlyList<Sent> Calls(int count, string name = "inspect") => [.. Enumerable.Range(0, count).Select(_ => Call(name))];

    public GuardedContainer? Find(string id) => new(id, "web", true, 1, Pod: new Pod("shop", "web-0", null));

    public SuspectedHolder? OldestEnding(string id) => Ending;

    public void On(PermitEvent happened, GuardedContainer? container)
    {
        lock (Events) Events.Add(happened);
    }

    public void Dispose() => Keeper.Dispose();

    /// <summary>A call and what has come of it so far.</summary>
    public sealed class Sent(PermitCall call, FakeCaller caller, PermitOutcome first)
    {
        public PermitCall Call => call;

        public FakeCaller Caller => caller;

        public PermitOutcomeKind First => first.Kind;

        public PermitOutcome Outcome => first.Kind == PermitOutcomeKind.Held && call.Waiter!.Task is { IsCompleted: true } come ? come.Result : first;

        public PermitOutcomeKind Now => Outcome.Kind;
    }

    public sealed class FakeCaller(string comm) : IPermitCaller
    {
        public string? KnownComm { get; private set; }

        public int Pid => 812;

        public uint? Uid => 1000;

        public ReadOnlyMemory<byte>? Told { get; private set; }

        public bool CanBeTold { get; set; } = true;

        public void Identify() => KnownComm = comm;

        public bool TryTell(PermitCall call, long serial, ReadOnlyMemory<byte> body)
        {
            Assert.Equal(call.Serial, serial);
            if (CanBeTold) Told = body;
            return CanBeTold;
        }
    }
}
