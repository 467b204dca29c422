using System.Text.Json;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Configuration;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Route;
using DockerGuardProxy.State;
using DockerGuardProxy.Tests.Configuration;
using DockerGuardProxy.Tests.Engine;
using DockerGuardProxy.Tests.Guard;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DockerGuardProxy.Tests.State;

/// <summary>One process after the other with the same folder and the same engine.</summary>
public sealed class StateKeeperTests : IDisposable
{
    private static readonly string Id = Samples.Id("c1");

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 8, 0, 0, TimeSpan.Zero));
    private readonly RecordingLogger _log = new();
    private readonly FakeEngine _engine = new() { Containers = [Samples.Listed("c1", true, "/web")], Info = new("20.10.5", null) };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_successor_knows_what_is_stuck_before_it_asks_the_engine()
    {
        await BecomeStuckAsync();
        var asked = _engine.Asked.Count;
        await using var successor = new Process(this);
        await successor.Keeper.StartAsync(Samples.Cancel);
        Assert.Equal(asked, _engine.Asked.Count);
        var container = Assert.Single(successor.Ledger.Snapshot().Containers);
        Assert.True(container.IsStuck);
        Assert.Equal((Id, "web", 1), (container.Container.Id, container.Container.Name, container.OpenCalls));
        Assert.True(successor.Index.Resolve("web") is { IsFound: true, Container: { Running: true, Run: 1, StopTimeout: 7 } });
        Assert.Equal(Id, Assert.Single(successor.Ledger.EvidenceNeeds()).Id);

        // The engine's list finds the same run: nothing is forgotten.
        await successor.FollowAsync();
        Assert.Single(successor.Ledger.Snapshot().Containers);
    }

    [Fact]
    public async Task It_writes_what_changes_and_takes_the_file_away_when_nothing_is_left()
    {
        await using var process = new Process(this);
        await process.StartAsync();
        process.BecomeStuck();
        await Eventually.Async(() => File.Exists(FilePath), () => _time.Advance(TimeSpan.FromSeconds(1)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        Assert.Equal("20.10.5", Written().EngineVersion);
        process.Ledger.RunEnded(Id, 1);
        await Eventually.Async(() => !File.Exists(FilePath), () => _time.Advance(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Another_engine_or_boot_makes_it_forget()
    {
        await BecomeStuckAsync();
        await using (var otherBoot = new Process(this, boot: "another"))
        {
            await otherBoot.Keeper.StartAsync(Samples.Cancel);
            Assert.Empty(otherBoot.Ledger.Snapshot().Containers);
        }

        await BecomeStuckAsync();
        _engine.Instance = new(1, 2);
        await using var other = new Process(this);
        await other.Keeper.StartAsync(Samples.Cancel);
        Assert.Empty(other.Ledger.Snapshot().Containers);
        Assert.Equal(2, _log.Texts(1501).Count());
    }

    [Fact]
    public async Task An_engine_that_is_replaced_between_start_and_first_meeting_makes_it_forget()
    {
        await BecomeStuckAsync();
        await using var process = new Process(this);
        await process.Keeper.StartAsync(Samples.Cancel);
        Assert.Single(process.Ledger.Snapshot().Containers);
        _engine.Instance = new(2, 2);
        await process.FollowAsync();
        await Eventually.Async(() => process.Ledger.Snapshot().Containers.IsEmpty);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{ "version": 1 }""")]
    [InlineData("""{ "version": 0, "boot": "boot", "engine": { "pid": 1, "startTime": 1 }, "engineVersion": null, "containers": [] }""")]
    [InlineData("""{ "version": 1, "boot": "boot", "engine": { "pid": 1, "startTime": 1 }, "engineVersion": null, "containers": [null] }""")]
    public async Task Garbage_is_told_and_nothing_is_taken_from_it(string content)
    {
        await File.WriteAllTextAsync(FilePath, content, Samples.Cancel);
        await using var process = new Process(this);
        await process.Keeper.StartAsync(Samples.Cancel);
        Assert.Empty(process.Ledger.Snapshot().Containers);
        Assert.Contains("not a state file", Assert.Single(_log.Texts(1502)), StringComparison.Ordinal);
        Assert.Equal(HoldBack.None, process.Configuration.Status.HoldBack);
    }

    [Fact]
    public async Task Damage_anywhere_in_a_file_never_throws()
    {
        await BecomeStuckAsync();
        var good = await File.ReadAllBytesAsync(FilePath, Samples.Cancel);
        var random = new Random(4711);
        var file = new StateFile(FilePath);
        for (var i = 0; i < 3000; i++)
        {
            var bad = (byte[])good.Clone();
            bad[random.Next(bad.Length)] = (byte)random.Next(256);
            await File.WriteAllBytesAsync(FilePath, i % 3 == 0 ? bad[..random.Next(bad.Length)] : bad, Samples.Cancel);
            if (file.Read().Document is { } document)
            {
                using var rig = new LedgerRig();
                rig.Ledger.Restore(document.Containers, engineGivesUp: i % 2 == 0);
                rig.Stop(1);
                rig.Advance(2);
                Assert.Empty(rig.Events.OfType<GuardEvent.Faulted>());
            }
        }
    }

    [Fact]
    public async Task A_newer_versions_state_holds_the_guard_back_until_a_reload()
    {
        await File.WriteAllTextAsync(FilePath, """{ "version": 2, "whatever": [] }""", Samples.Cancel);
        await using var process = new Process(this);
        await process.Keeper.StartAsync(Samples.Cancel);
        Assert.Equal(HoldBack.NewerState, process.Configuration.Status.HoldBack);
        Assert.Equal(GuardMode.Observe, process.Configuration.Current.Guard.Policies.For(Operation.Kill).Mode);
        Assert.NotEmpty(_log.Texts(1017));
        Assert.True(process.Configuration.Reload());
        Assert.Equal(GuardMode.Enforce, process.Configuration.Current.Guard.Policies.For(Operation.Kill).Mode);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told_once_and_the_guard_goes_on()
    {
        await using var process = new Process(this, file: "/proc/nowhere/state.json");
        await process.StartAsync();
        process.BecomeStuck();
        await Eventually.Async(() => _log.Texts(1503).Any(), () => _time.Advance(TimeSpan.FromSeconds(1)));
        await process.Keeper.StopAsync(Samples.Cancel);
        Assert.Single(_log.Texts(1503));
        Assert.True(Assert.Single(process.Ledger.Snapshot().Containers).IsStuck);
    }

    [Fact]
    public async Task Thousands_of_stuck_tasks_are_known_again()
    {
        await BecomeStuckAsync(Stuck(20_000));
        Assert.InRange(new FileInfo(FilePath).Length, 1, 16 << 10);
        await using var successor = new Process(this);
        await successor.Keeper.StartAsync(Samples.Cancel);
        Assert.Empty(_log.Texts(1502));
        Assert.True(Assert.Single(successor.Ledger.Snapshot().Containers).IsStuck);
    }

    [Fact]
    public void Of_more_containers_than_the_file_holds_those_stuck_for_longest_are_kept()
    {
        var state = Stuck(Enumerable.Range(0, 600), tasks: 16, wchan: new string('<', 128));
        var (bytes, dropped) = StateFile.Fit(state);
        new StateFile(FilePath).Write(bytes);
        var kept = new StateFile(FilePath).Read().Document!.Containers;
        Assert.Equal(600, kept.Length + dropped);
        Assert.InRange(kept.Length, 20, StateDocument.MaxContainers);
        Assert.Equal(Enumerable.Range(0, kept.Length), kept.Select(remembered => (int)remembered.EvidenceSince.TotalSeconds).Order());

        // One whose name alone would fill the file costs no other its place.
        var named = state.Containers[0] with { Container = new GuardedContainer(Samples.Id("c2"), new string('x', 2 << 20), true, 1) };
        (bytes, dropped) = StateFile.Fit(state with { Containers = [named, state.Containers[1]] });
        Assert.Equal(1, dropped);
        new StateFile(FilePath).Write(bytes);
        Assert.Equal(state.Containers[1], Assert.Single(new StateFile(FilePath).Read().Document!.Containers));
    }

    [Fact]
    public async Task Containers_without_room_are_told_once()
    {
        await using var process = new Process(this);
        await process.StartAsync();
        process.Ledger.Restore(Stuck(Enumerable.Range(0, StateDocument.MaxContainers + 1), tasks: 1, wchan: "w").Containers, engineGivesUp: false);
        process.BecomeStuck();
        await Eventually.Async(() => _log.Texts(1505).Any(), () => _time.Advance(TimeSpan.FromSeconds(1)));
        await process.Keeper.StopAsync(Samples.Cancel);
        // The first look may come before or after the container that is new.
        Assert.Matches("no room for (1 of 257|2 of 258) containers", Assert.Single(_log.Texts(1505)));
        Assert.Equal(StateDocument.MaxContainers, Written().Containers.Length);
    }

    [Fact]
    public async Task An_engine_without_identity_is_not_remembered()
    {
        _engine.Instance = null;
        await using (var process = new Process(this))
        {
            await process.StartAsync();
            process.BecomeStuck();
        }

        Assert.False(File.Exists(FilePath));
    }

    private string FilePath => _folder[StateFile.Name];

    private StateDocument Written() => JsonSerializer.Deserialize(File.ReadAllText(FilePath), StateJson.Default.StateDocument)!;

    private static Diagnosis Stuck(int tasks) => new(
        DiagnosisKind.DState,
        [.. Enumerable.Range(1, tasks).Select(tid => new StuckTask(7, tid, 9, "writer", 'D', "percpu_rwsem_wait", "ext4 /dev/loop0"))]);

    private static StateDocument Stuck(IEnumerable<int> numbers, int tasks, string wchan) => new(
        StateDocument.FormatVersion, "boot", new(1, 1), null,
        [
            .. numbers.Select(number => new RememberedContainer(
                new GuardedContainer($"{number:x64}", $"box-{number}", true, 1),
                new Diagnosis(DiagnosisKind.DState, [.. Enumerable.Range(1, tasks).Select(tid => new StuckTask(1, tid, 9, "dd", 'D', wchan, null))]),
                TimeSpan.FromSeconds(number), DateTimeOffset.UnixEpoch, true, 1, null, 0, TimeSpan.Zero, 0, 1, 1, 1)),
        ]);

    /// <summary>A process meets the incident and ends.</summary>
    private async Task BecomeStuckAsync(Diagnosis? found = null)
    {
        await using (var process = new Process(this))
        {
            await process.StartAsync();
            process.BecomeStuck(found);
        }

        Assert.Equal(Id, Assert.Single(Written().Containers).Container.Id);
    }

    private sealed class Process : IAsyncDisposable
    {
        private readonly StateKeeperTests _test;
        private readonly EngineWatch _watch;
        private readonly EngineVitalsWatch _vitals;
        private readonly ContainerLearner _learner;
        private readonly LedgerRig _sender = new();
        private readonly EvidenceSignal _evidence;

        public Process(StateKeeperTests test, string boot = "boot", string? file = null)
        {
            _test = test;
            Configuration = ConfigurationStore.Start(test._folder.With("{}").Sources, test._time, test._log);
            Index = new(NullLogger<ContainerIndex>.Instance);
            _learner = new(test._engine, Index, _ => false, test._time, NullLogger<ContainerLearner>.Instance);
            _watch = new(test._engine, test._engine, Index, _learner, test._time, NullLogger<EngineWatch>.Instance);
            _vitals = new(test._engine, test._engine, new EngineVitalsReader(new ProcRoot(test._folder["proc"]), "/nowhere"), test._time);
            _evidence = new();
            Ledger = new(test._time, GuardPolicies.Default, _sender, _sender, _evidence);
            Keeper = new(
                Ledger, _evidence, new StateFile(file ?? test.FilePath), boot, Index, _watch, test._engine, _vitals, Configuration, test._time,
                test._log);
            Index.Listen(new LedgerFeed(Ledger));
        }

        public ConfigurationStore Configuration { get; }

        public ContainerIndex Index { get; }

        public StateKeeper Keeper { get; }

        public LedgerKeeper Ledger { get; }

        public async Task StartAsync()
        {
            await Keeper.StartAsync(Samples.Cancel);
            await _vitals.StartAsync(Samples.Cancel);
            await Eventually.Async(() => _vitals.Info is not null);
            await FollowAsync();
        }

        public async Task FollowAsync()
        {
            await _watch.StartAsync(Samples.Cancel);
            await Eventually.Async(() => Index.IsReady);
        }

        public void BecomeStuck(Diagnosis? found = null)
        {
            var container = new GuardedContainer(Id, "web", true, 1, TimeSpan.FromSeconds(7), "");
            Ledger.Arrive(new(DockerGuardProxy.Calls.Operation.Kill, "web", DockerGuardProxy.Calls.Grace.None, null), container, null);
            for (var second = 0; second < 13; second++)
            {
                _test._time.Advance(TimeSpan.FromSeconds(1));
                foreach (var need in Ledger.EvidenceNeeds())
                    Ledger.Evidence(need, found ?? LedgerRig.DState);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _watch.StopAsync(CancellationToken.None);
            await _vitals.StopAsync(CancellationToken.None);
            await Keeper.StopAsync(CancellationToken.None);
            Keeper.Dispose();
            _watch.Dispose();
            _vitals.Dispose();
            _learner.Dispose();
            _sender.Dispose();
            Ledger.Dispose();
            _evidence.Dispose();
        }
    }
}
