using System.Text;
using System.Text.RegularExpressions;
using DockerGuardProxy.Admin;
using DockerGuardProxy.Admin.Report;
using DockerGuardProxy.Calls;
using DockerGuardProxy.Engine;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;
using DockerGuardProxy.Tests.Calls;
using DockerGuardProxy.Tests.Engine;
using Xunit;
using static DockerGuardProxy.Tests.Engine.Samples;

namespace DockerGuardProxy.Tests.Admin;

public sealed partial class StatusSourceTests
{
    [Fact]
    public async Task A_stuck_container_is_told_with_all_that_is_known()
    {
        await using var rig = await AdminRig.StartAsync();
        rig.TakeList(Listed("c1", true, "/web"), Listed("c2", false, "/db"));
        rig.Guard.Container = rig.Guard.Container with { Pod = new Pod("shop", "web-0", "9f2c") };
        rig.BecomeStuck();
        rig.Faults.On(new GuardEvent.Faulted(new InvalidOperationException()));

        var text = Encoding.UTF8.GetString((await rig.AskAsync(HttpMethod.Get, "/v1/status")).Body.Span)
            .Replace(rig.Folder.Sources.File, "FILE", StringComparison.Ordinal);
        Assert.Equal(
            """
            {
              "version": 1,
              "time": "2026-03-01T08:00:20+00:00",
              "proxy": {
                "version": "VERSION",
                "pid": PID,
                "started": "2026-03-01T08:00:00+00:00",
                "listen": "/run/docker-guard-proxy/docker.sock"
              },
              "configuration": {
                "file": "FILE",
                "origin": "asked",
                "mode": "enforce",
                "policies": {
                  "stop": "enforce",
                  "kill": "enforce",
                  "restart": "enforce",
                  "remove": "enforce",
                  "lock": "enforce",
                  "lock.tell": "observe",
                  "stats": "enforce",
                  "streams": "enforce",
                  "transfers": "observe"
                },
                "switchedOff": false,
                "heldBack": null,
                "loadedAt": "2026-03-01T08:00:00+00:00",
                "reloads": 0,
                "failedReloads": 0,
                "failure": null,
                "pendingRestart": [],
                "hangsSince": null,
                "exempt": null
              },
              "engine": {
                "path": "/var/run/docker.sock",
                "ready": true,
                "containers": 2,
                "version": null,
                "leaksForEver": null,
                "pid": null,
                "descriptors": null,
                "descriptorLimit": null,
                "memoryBytes": null,
                "goroutines": null,
                "restarts": 0,
                "connections": null,
                "peerlessConnections": null
              },
              "calls": {
                "open": 0,
                "waiting": 1,
                "oldestOpenSeconds": null,
                "refused": 1,
                "wronglyRefused": 0,
                "saved": 0,
                "bypassed": 0,
                "lastBypass": null,
                "wouldHold": null,
                "endedSoon": 0
              },
              "faults": 1,
              "lostProbeThreads": 0,
              "stuckContainers": 1,
              "containers": [
                {
                  "id": "ID",
                  "name": "web",
                  "pod": {
                    "namespace": "shop",
                    "name": "web-0",
                    "uid": "9f2c"
                  },
                  "stuck": true,
                  "evidenceSince": "2026-03-01T08:00:01+00:00",
                  "diagnosis": "d-state",
                  "tasks": [
                    {
                      "pid": 77,
                      "tid": 77,
                      "comm": "touch",
                      "state": "D",
                      "wchan": "percpu_rwsem_wait",
                      "fileSystem": "ext4 /dev/loop0"
                    }
                  ],
                  "moreTasks": 0,
                  "attempts": 1,
                  "open": 0,
                  "waiting": 1,
                  "oldestOpenSeconds": null,
                  "backoffUntil": "2026-03-01T08:00:44+00:00",
                  "refused": 1,
                  "saved": 0,
                  "hold": null
                }
              ],
              "pileUp": [],
              "moreContainers": 0,
              "execs": [],
              "streams": [],
              "heldBytes": 0,
              "locks": {
                "waiting": 0,
                "held": 0,
                "wouldHold": 0,
                "wrongHolds": 0,
                "told": 0,
                "wouldTell": 0,
                "wrongTells": 0,
                "refused": 0,
                "dropped": 0,
                "containers": [],
                "statsWaitFor": null,
                "pruneWaitsFor": null
              }
            }

            """,
            OwnVersion().Replace(OwnPid().Replace(text, "\"pid\": PID,", 1), "\"VERSION\"").Replace(Id("c1"), "ID", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_saved_calls_would_hold_is_told_of_an_engine_that_leaks_until_the_run_ends()
    {
        await using var rig = new AdminRig();
        rig.BecomeStuck();
        for (var i = 0; i < 3; i++)
            rig.Guard.Ledger.CallerLeft(rig.Guard.Kill());
        Assert.Null(rig.Source.Read().Calls.WouldHold);
        rig.Engine.Info = new EngineInfo("20.10.5+dfsg1", 46);
        await rig.Vitals.StartAsync(Cancel);
        await Eventually.Async(() => rig.Vitals.Info is not null);
        var calls = rig.Source.Read().Calls;
        Assert.Equal((3, new EngineCostReport(3, 6)), (calls.Saved, calls.WouldHold));
        rig.Guard.Exit();
        Assert.Equal(new EngineCostReport(0, 0), rig.Source.Read().Calls.WouldHold);
        await rig.Vitals.StopAsync(Cancel);
    }

    [Fact]
    public async Task The_engine_and_what_piles_up_in_it_are_told()
    {
        await using var rig = new AdminRig();
        rig.Engine.Info = new EngineInfo("20.10.5+dfsg1", 46);
        rig.Proc.Write("1/limits", "Max open files            1024                 4096                 files     \n")
            .Write("1/status", "VmRSS:\t1024 kB\n");
        await rig.Vitals.StartAsync(Cancel);
        await Eventually.Async(() => rig.Vitals is { Info: not null, Vitals.Pid: 1 });
        foreach (var target in new[] { "/containers/web/json", "/v1.41/containers/web/json" })
            rig.PileUp.Begin(new LongCall(), Rows.Named("inspect"), target);
        rig.PileUp.Begin(new LongCall(), Rows.Named("exec"), "/exec/e1/start");
        rig.Guard.Advance(90);
        var status = rig.Source.Read();
        Assert.Equal(
            ("20.10.5+dfsg1", true, 1, 1024L, 1L << 20, 46L),
            (
                status.Engine.Version,
                status.Engine.LeaksForEver,
                status.Engine.Pid,
                status.Engine.DescriptorLimit,
                status.Engine.MemoryBytes,
                status.Engine.Goroutines));
        Assert.Equal(
            [new OpenCallsReport("exec", null, 1, 90), new OpenCallsReport("inspect", "web", 2, 90)], status.PileUp!.OrderBy(open => open.Operation));
        var text = StatusText.Write(status, colour: false);
        Assert.Contains("20.10.5+dfsg1, LEAKS A CALL FOR EVER, pid 1, ", text, StringComparison.Ordinal);
        Assert.Contains("1 exec (oldest 1m30s), 2 inspect (oldest 1m30s)", text, StringComparison.Ordinal);
        await rig.Vitals.StopAsync(Cancel);
    }

    [Fact]
    public async Task Many_tasks_are_cut_and_counted()
    {
        await using var rig = new AdminRig();
        rig.BecomeStuck(DiagnosisKind.Frozen, [.. Enumerable.Range(1, 40).Select(tid => new StuckTask(1, tid, 9, "a", 'D', "", null))]);
        var container = Assert.Single(rig.Source.Read().Containers);
        Assert.Equal((16, 24, "frozen"), (container.Tasks.Count, container.MoreTasks, container.Diagnosis));
        Assert.Null(container.Tasks[0].Wchan);
    }

    [Fact]
    public async Task Of_very_many_containers_the_stuck_ones_come_first()
    {
        await using var rig = new AdminRig();
        rig.BecomeStuck();
        for (var i = 0; i < StatusReport.MaxContainers + 9; i++)
        {
            rig.Guard.Ledger.Arrive(
                new TerminatingCall(Operation.Stop, $"a{i}", Grace.After(TimeSpan.FromHours(1)), null),
                new GuardedContainer($"{i:x64}", $"a{i}", true, 1), null);
        }

        var status = rig.Source.Read();
        Assert.Equal((StatusReport.MaxContainers, 10, 1), (status.Containers.Count, status.MoreContainers, status.StuckContainers));
        Assert.Equal("web", Assert.Single(status.Containers, container => container.Stuck).Name);
        Assert.Contains("and 10 more containers", StatusText.Write(status, colour: false), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_that_end_without_being_sent_are_counted_as_saved()
    {
        await using var rig = new AdminRig();
        rig.BecomeStuck();
        for (var i = 0; i < 5; i++)
            rig.Guard.Ledger.CallerLeft(rig.Guard.Kill());
        rig.Guard.Advance(5);
        var status = rig.Source.Read();

        // Five that left, and the repeat that was held for 5 s and refused.
        Assert.Equal((6, 2), (status.Calls.Saved, status.Calls.Refused));
        Assert.Equal(6, Assert.Single(status.Containers).Saved);

        // The run ends, the sum stays.
        rig.Guard.Exit();
        Assert.Equal(6, rig.Source.Read().Calls.Saved);
    }

    [Fact]
    public async Task The_off_switch_and_a_policys_own_mode_are_told()
    {
        await using var rig = new AdminRig();
        rig.Folder.With("""{ "guard": { "policies": { "kill": { "mode": "observe" } } } }""");
        rig.Store.Reload();
        Assert.Equal(("enforce", "observe"), Modes());
        await File.WriteAllTextAsync(rig.Folder.Sources.OffSwitch, "", Cancel);
        rig.Store.CheckOffSwitch();
        Assert.Equal(("off", "off"), Modes());
        Assert.True(rig.Source.Read().Configuration.SwitchedOff);

        (string, string) Modes()
        {
            var policies = rig.Source.Read().Configuration.Policies;
            return (policies["stop"], policies["kill"]);
        }
    }

    [GeneratedRegex("\"pid\": [0-9]+,")]
    private static partial Regex OwnPid();

    [GeneratedRegex("\"[0-9]+\\.[0-9]+\\.[0-9]+[-a-z0-9.]*\"")]
    private static partial Regex OwnVersion();
}
