using CsCheck;
using DockerGuardProxy.Admin;
using DockerGuardProxy.Admin.Report;
using Xunit;

namespace DockerGuardProxy.Tests.Admin;

public sealed class StatusTextTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 5, 13, TimeSpan.Zero);

    private static readonly StatusReport Quiet = new(
        1,
        Now,
        new ProxyReport("0.1.0", 4711, Now.AddHours(-76), "/run/docker-guard-proxy/docker.sock"),
        new ConfigurationReport(
            "/etc/docker-guard-proxy/docker-guard-proxy.json", "asked", "enforce", Policies("enforce", "enforce", "enforce", "enforce"),
            SwitchedOff: false, HeldBack: null, Now.AddHours(-76), 0, 0, null, []),
        new EngineReport("/var/run/docker.sock", Ready: true, 12),
        new CallsReport(0, 0, null, 0, 0, 0),
        Faults: 0,
        LostProbeThreads: 0,
        StuckContainers: 0,
        []);

    private static readonly ContainerReport Stuck = new(
        "c1".PadRight(64, '0'), "k8s_web_web-0", new PodReport("shop", "web-0", "9f2c"), Stuck: true, Now.AddSeconds(-312), "d-state",
        [
            new TaskReport(77, 77, "touch", "D", "percpu_rwsem_wait", "ext4 /dev/loop0"),
            new TaskReport(80, 81, "worker", "D", "rpc_wait_bit_killable", "nfs server.example:/a/long/export/path"),
        ],
        MoreTasks: 3, 4, 1, 3, 312.5, Now.AddSeconds(25), 12, 40);

    [Fact]
    public void Execs_are_told_of_where_there_are_many()
    {
        var few = new ExecsReport(Stuck.Id, "db", 31);
        var status = Quiet with { Execs = [new ExecsReport(Stuck.Id, "web", 180), new ExecsReport(Stuck.Id, "", 32), few] };
        var row = Assert.Single(StatusText.Write(status, colour: false).Split('\n'), line => line.StartsWith("  execs ", StringComparison.Ordinal));
        Assert.Equal("  execs         MANY: 180 run in web (c10000000000), 32 run in (no name)", row);
        Assert.DoesNotContain("  execs ", StatusText.Write(Quiet with { Execs = [few] }, colour: false), StringComparison.Ordinal);
    }

    [Fact]
    public void A_quiet_node()
    {
        Assert.Equal(
            """
            docker-guard-proxy 0.1.0, pid 4711, up 3d4h
              mode          enforce
              configuration /etc/docker-guard-proxy/docker-guard-proxy.json
              engine        /var/run/docker.sock, answers, 12 containers known
              calls         0 open, 0 waiting, 0 saved
              refusals      0, 0 ended soon after, 0 wrong

            No container is stuck.

            """,
            StatusText.Write(Quiet, colour: false));
    }

    [Fact]
    public void A_node_with_every_trouble()
    {
        var status = Quiet with
        {
            Configuration = Quiet.Configuration with
            {
                Origin = "last-good",
                Policies = Policies("enforce", "observe", "enforce", "off"),
                SwitchedOff = true,
                Failure = new FailureReport(Now, ["guard.mode: \"x\" is none of off, observe, enforce"]),
                PendingRestart = ["engine.path"],
            },
            Engine = Quiet.Engine with { Ready = false, Containers = 1 },
            Calls = new CallsReport(
                2,
                4,
                312.5,
                12,
                1,
                40,
                3,
                new BypassReport(Now.AddSeconds(-50), "c1".PadRight(64, '0'), "web", "15"),
                EngineCostReport.Of(40),
                EndedSoon: 5),
            Faults = 1,
            LostProbeThreads = 2,
            StuckContainers = 1,
            Containers =
            [
                Stuck,
                Stuck with
                {
                    Name = "db", Pod = null, Stuck = false, Diagnosis = "not-killed", EvidenceSince = null, Tasks = [], OldestOpenSeconds = 3,
                    Waiting = 1,
                },
            ],
        };
        Assert.Equal(
            """
            docker-guard-proxy 0.1.0, pid 4711, up 3d4h
              mode          enforce; kill observe, remove off; SWITCHED OFF by the file
                            "off"
              configuration /etc/docker-guard-proxy/docker-guard-proxy.json is NOT VALID;
                            the last good one holds
                            rejected at 2026-03-01T08:05:13Z:
                            guard.mode: "x" is none of off, observe, enforce
                            waits for a restart: engine.path
              engine        /var/run/docker.sock, DOES NOT ANSWER, 1 container known
              calls         2 open (oldest 5m12s), 4 waiting, 40 saved
                            they would hold about 40 connections and 80 goroutines in the
                            engine
              refusals      12, 5 ended soon after, 1 wrong
              bypassed      3 signals by clients that do not come through the proxy; the
                            last, 15, to web (c10000000000) at 2026-03-01T08:04:23Z
              faults        1: the guard failed open, or a part beside it failed; see the
                            log
              probe         2 of 2 threads hang in /proc

            1 container with calls, not stuck:
                            db (c10000000000): 1 open (oldest 3s), 1 waiting; not killed:
                            SIGKILL never arrived; shim, runc or containerd hangs

            STUCK k8s_web_web-0 (c10000000000)
              pod           shop/web-0 9f2c
              since         2026-03-01T08:00:01Z, 5m12s ago
              diagnosis     D state: mend or detach what it waits for, or reboot
              task          pid 77 (touch) in D at percpu_rwsem_wait on ext4 /dev/loop0
              task          pid 80 thread 81 (worker) in D at rpc_wait_bit_killable on nfs
                            server.example:/a/long/export/path
                            and 3 more; see --json
              calls         4 attempts, 1 open (oldest 5m12s), 3 waiting, 12 refused, 40
                            saved
              back-off      until 2026-03-01T08:05:38Z, for 25s

            """,
            StatusText.Write(status, colour: false));
    }

    [Fact]
    public void A_lost_exit_says_since_when_no_task_is_left_and_what_to_do_once_it_is_stuck()
    {
        var lost = Stuck with { Stuck = false, Diagnosis = "exit-lost", Tasks = [], MoreTasks = 0 };
        var before = Flat(StatusText.Write(Quiet with { Containers = [lost] }, colour: false));
        Assert.Contains("exit lost: no task since 2026-03-01T08:00:01Z; the engine has yet to tell of its end", before, StringComparison.Ordinal);
        var after = Flat(StatusText.Write(Quiet with { StuckContainers = 1, Containers = [lost with { Stuck = true }] }, colour: false));
        Assert.Contains(
            "exit lost: no task since 2026-03-01T08:00:01Z; no unread stream of ours: look for a client past the proxy (ss -xp, Recv-Q, peer dockerd), "
            + "or at log driver (unknown)",
            after, StringComparison.Ordinal);
        Assert.DoesNotContain("restart", after, StringComparison.OrdinalIgnoreCase);
        var held = lost with { Stuck = true, Hold = new HoldReport(4242, "docker", "attach", 212992, Quiet.Time, "json-file") };
        Assert.Contains(
            "exit lost: no task since 2026-03-01T08:00:01Z; end pid 4242 (docker), which does not read its attach",
            Flat(StatusText.Write(Quiet with { StuckContainers = 1, Containers = [held] }, colour: false)), StringComparison.Ordinal);

        static string Flat(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("attach", false, false, false, "pid 42 (docker) does not read its attach of web (c10000000000), 212,992 bytes wait since 2026-03-01T08:04:43Z, 30s")]
    [InlineData("exec", true, false, false, "30s; its process has ended")]
    [InlineData("exec", true, true, false, "30s; taken over, 1,234 bytes held")]
    [InlineData("exec", true, true, true, "30s; taken over, 1,234 bytes held, the rest was dropped")]
    [InlineData("download", false, false, false, "does not read its download from web (c10000000000), 212,992 bytes wait")]
    [InlineData("upload", false, false, true, "sends nothing more of its upload into web (c10000000000) since 2026-03-01T08:04:43Z, 30s: that holds its lock; cut")]
    [InlineData("events", false, false, false, "pid 42 (docker) does not read the events, 212,992 bytes wait")]
    public void A_client_that_does_not_read_is_named(string operation, bool hasEnded, bool isTakenOver, bool isCut, string text)
    {
        var stream = new StreamReport(
            operation, "ref", "c1".PadRight(64, '0'), "web", 42, 0, "docker", 212992, Now - TimeSpan.FromSeconds(30), hasEnded, isTakenOver, 1234,
            isCut);
        Assert.Contains(text, StreamText.Describe(stream, Quiet.Time), StringComparison.Ordinal);
        var status = StatusText.Write(Quiet with { Streams = [stream] }, colour: false);
        Assert.Contains("unread        pid 42 (docker)", status, StringComparison.Ordinal);
        var found = StreamText.Describe(stream with { ContainerId = null, Reference = "a\nb", Comm = "x\ny" }, Quiet.Time);
        Assert.DoesNotContain('\n', found);
    }

    [Fact]
    public void Only_headings_are_coloured_and_only_when_asked()
    {
        var status = Quiet with { StuckContainers = 1, Containers = [Stuck] };
        Assert.Contains("\n\e[1;31mSTUCK k8s_web_web-0 (c10000000000)\e[0m\n", StatusText.Write(status, colour: true), StringComparison.Ordinal);
        Assert.DoesNotContain('\e', StatusText.Write(status, colour: false));
    }

    [Fact]
    public void Whatever_containers_are_called_it_is_printable_and_80_columns_wide() =>
        Gen.Select(Gen.String[0, 300], Gen.String[0, 300], Gen.String[0, 300], Gen.Bool, Gen.Double).Sample((name, pod, task, isStuck, age) =>
        {
            var container = Stuck with
            {
                Id = pod,
                Name = name,
                Stuck = isStuck,
                Diagnosis = task,
                Pod = new PodReport(pod, name, task),
                Tasks = [new TaskReport(1, 2, name, task, pod, name)],
                OldestOpenSeconds = age,
            };
            var text = StatusText.Write(Quiet with { StuckContainers = isStuck ? 1 : 0, Containers = [container] }, colour: false);
            foreach (var line in text.Split('\n'))
            {
                Assert.True(line.Length <= 80, line);
                Assert.DoesNotContain(line, c => c is < ' ' or > '~');
            }
        });

    private static OrderedDictionary<string, string> Policies(string stop, string kill, string restart, string remove) =>
        new() { ["stop"] = stop, ["kill"] = kill, ["restart"] = restart, ["remove"] = remove };
}
