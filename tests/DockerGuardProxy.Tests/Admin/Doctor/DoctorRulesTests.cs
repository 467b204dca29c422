using DockerGuardProxy.Admin.Doctor;
using DockerGuardProxy.Admin.Report;
using Xunit;

namespace DockerGuardProxy.Tests.Admin.Doctor;

public sealed class DoctorRulesTests
{
    private const string Listen = "/run/docker-guard-proxy/docker.sock";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 8, 5, 13, TimeSpan.Zero);
    private static readonly SeenProcess Guard = new(4711, SeenProcess.ProxyComm);
    private static readonly SeenProcess Systemd = new(1, "systemd");
    private static readonly SeenContainer Web = new("c1".PadRight(64, '0'), "web");

    private static readonly StatusReport Status = new(
        1, Now, new ProxyReport("0.1.0", 4711, Now.AddHours(-76), Listen),
        new ConfigurationReport("/etc/f.json", "asked", "enforce", new Dictionary<string, string>(), false, null, Now, 0, 0, null, []),
        new EngineReport("/var/run/docker.sock", Ready: true, 12, Pid: 801, Descriptors: 40), new CallsReport(1, 0, null, 0, 0, 0), 0, 0, 0, []);

    private static readonly Examination Well = new()
    {
        OwnPid = 99,
        Proxy = Status,
        Sockets = [new ServedSocket(Listen, true, [Systemd, Guard])],
        Engine = new EngineExamination
        {
            Path = "/var/run/docker.sock", Version = "26.1.5", PidFile = "/var/run/docker.pid", Process = new SeenProcess(801, "dockerd"),
            Running = [Web],
            IsDebug = true, WaitingGoroutines = 1, Clients = [Guard, new SeenProcess(99, "docker-guard-pr")], Peerless = 0,
        },
        SeesProcesses = true,
        ContainersSeen = new HashSet<string> { Web.Id },
        Agents = [new NodeAgent(new SeenProcess(900, "kubelet"), "unix://" + Listen, true, SocketOwner.Proxy)],
        Bound = [new BoundSocket(Web, "/var/run/docker.sock", SocketOwner.Proxy)],
    };

    public static TheoryData<string, string> Troubles => new()
    {
        { "proxy down", "proxy: it does not answer: /run/a.sock: no such socket" },
        { "bad file", "configuration: guard.mode: no" },
        { "off", "mode: the guard is switched off" },
        { "held back", "mode: the guard only observes, whatever its configuration says: crashes" },
        { "older configuration", "configuration: it is not valid and an older one is in use: guard.mode: no" },
        { "hanging configuration", "configuration: its file can't be looked at since 2026-03-01 08:05:13Z: its file system does not answer" },
        { "lost threads", "probe: 2 of 2 threads" },
        { "many execs", "execs: 40 execs run in container web (c10000000000): each keeps 7 goroutines and 5 descriptors" },
        { "no socket", "socket: /run/docker-guard-proxy/docker.sock is not there" },
        { "old socket", "socket: /run/docker-guard-proxy/docker.sock is an old file that nobody serves" },
        { "kept socket", "socket: /run/docker-guard-proxy/docker.sock is kept by systemd" },
        { "stranger", "socket: /run/docker-guard-proxy/docker.sock is served by dockerd (pid 801)" },
        { "engine down", "engine: it does not answer: /var/run/docker.sock: nobody serves it" },
        { "leaks", "engine-version: 20.10.5+dfsg1 never answers" },
        { "no process", "engine-process: /var/run/docker.pid names no process" },
        { "no rights", "engine-process: dockerd (pid 801): the proxy may not read its /proc" },
        { "hidepid", "proc: not all processes are seen" },
        { "cgroup namespace", "cgroup: the cgroups of 7 processes are not understood" },
        { "hidden", "cgroup: no process is found of 1 of 1 running containers: web (c10000000000)" },
        { "direct", "clients: the engine's own socket is used by dockerd-exporter (pid 77), 2 connections of processes that are not seen" },
        { "signals", "signals: since the proxy started the engine sent 3 signals for clients that do not come through it; the last, 15, to web (c10000000000) at 2026-03-01T08:05:13Z" },
        { "kept", "connections: the engine keeps 900 connections whose clients are gone" },
        { "goroutines", "goroutines: 900 of the engine's goroutines wait in Daemon.Kill or containerStop, and only 1 calls of the proxy are open" },
        { "kubelet", "kubelet: pid 900 uses unix:///var/run/docker.sock, the engine's own socket" },
        { "kubelet nowhere", "kubelet: pid 900 uses unix:///x, no socket that anybody serves" },
        { "old inode", "containers: web (c10000000000) at /var/run/docker.sock: bound to a file that is no socket that anybody serves" },
        { "engine's inode", "containers: web (c10000000000) at /var/run/docker.sock: bound to a file that is the engine's own socket" },
    };

    [Fact]
    public void All_is_well()
    {
        var findings = DoctorRules.Judge(Well);
        Assert.All(findings, finding => Assert.Equal((finding.Check, FindingLevel.Ok, (string?)null), (finding.Check, finding.Level, finding.Cure)));
        Assert.Equal(
            ["proxy", "socket", "engine", "engine-version", "engine-process", "proc", "cgroup", "clients", "connections", "goroutines", "kubelet",
                "containers"],
            findings.Select(finding => finding.Check));
    }

    [Theory]
    [MemberData(nameof(Troubles))]
    public void Each_trouble_is_one_problem_with_its_cure(string trouble, string expected)
    {
        var problem = Assert.Single(
            DoctorRules.Judge(Make(trouble)), finding => finding.Level == FindingLevel.Problem && finding.Check == expected.Split(':')[0]);
        Assert.StartsWith(expected, $"{problem.Check}: {problem.Text}", StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(problem.Cure));
    }

    [Fact]
    public void What_cannot_be_told_is_no_problem()
    {
        var blind = new Examination
        {
            Proxy = Status, Sockets = [new ServedSocket(Listen, true, null)], Engine = new EngineExamination { PidFile = "/p" },
        };
        var findings = DoctorRules.Judge(blind);
        Assert.DoesNotContain(findings, finding => finding.Level == FindingLevel.Problem);
        Assert.Equal(
            ["socket", "engine-version", "engine-process", "clients"],
            findings.Where(finding => finding.Level == FindingLevel.Unknown).Select(finding => finding.Check));
        var unsure = Well with
        {
            Agents = [new NodeAgent(new SeenProcess(900, "kubelet"), "unix:///var/run/docker.sock", false, SocketOwner.Engine)],
        };
        Assert.Equal(FindingLevel.Unknown, Assert.Single(DoctorRules.Judge(unsure), finding => finding.Check == "kubelet").Level);
    }

    [Fact]
    public void What_is_only_worth_knowing_is_a_note()
    {
        var observing = Well with
        {
            Proxy = Status with { Configuration = Status.Configuration with { Mode = "observe" } },
            Engine = Well.Engine with { PidFile = "", IsDebug = false, WaitingGoroutines = null, Running = [] },
        };
        Assert.Equal(
            ["mode", "engine-process", "cgroup", "goroutines"],
            DoctorRules.Judge(observing).Where(finding => finding.Level == FindingLevel.Note).Select(finding => finding.Check));
    }

    [Fact]
    public void Clients_that_do_not_read_are_named_unless_their_streams_were_taken_over()
    {
        var stream = new StreamReport("attach", "web", Web.Id, "web", 42, 0, "docker", 7, Now, false, false, 0, false);
        StreamReport[] streams = [stream, stream with { TakenOver = true }, stream with { Operation = "events" }];
        var notes = DoctorRules.Judge(Well with { Proxy = Status with { Streams = streams } })
            .Where(finding => finding.Check == "streams").ToArray();
        Assert.Equal([FindingLevel.Note, FindingLevel.Note], notes.Select(note => note.Level));
        Assert.StartsWith("pid 42 (docker) does not read its attach of web", notes[0].Text, StringComparison.Ordinal);
        Assert.StartsWith("nothing, while", notes[0].Cure, StringComparison.Ordinal);
        Assert.StartsWith("let that client read on", notes[1].Cure, StringComparison.Ordinal);
    }

    [Fact]
    public void Foreign_names_move_no_terminal()
    {
        var evil = "\e[2Jé";
        var examination = Well with
        {
            Sockets = [new ServedSocket("/" + evil, true, [new SeenProcess(5, evil)])],
            Engine = Well.Engine with
            {
                Path = evil,
                Version = evil,
                Running = [new SeenContainer("x" + evil, evil)],
                Clients = [new SeenProcess(6, evil)],
            },
            Agents = [new NodeAgent(new SeenProcess(900, "kubelet"), evil, true, SocketOwner.Other)],
            Bound = [new BoundSocket(new SeenContainer(evil, evil), evil, SocketOwner.Nobody)],
        };
        Assert.All(
            DoctorRules.Judge(examination), finding => Assert.True((finding.Text + finding.Cure).All(c => c is >= ' ' and <= '~'), finding.Text));
    }

    private static Examination Make(string trouble)
    {
        var (engine, status) = (Well.Engine, Status);
        var broken = new FailureReport(Now, ["guard.mode: no"]);
        return trouble switch
        {
            "proxy down" => Well with { Proxy = null, ProxyError = "/run/a.sock: no such socket" },
            "bad file" => Well with { Proxy = null, ProxyError = "", ConfigurationErrors = ["guard.mode: no"] },
            "off" => Well with { Proxy = status with { Configuration = status.Configuration with { SwitchedOff = true, Mode = "off" } } },
            "held back" => Well with { Proxy = status with { Configuration = status.Configuration with { HeldBack = "crashes", Mode = "observe" } } },
            "older configuration" => Well with { Proxy = status with { Configuration = status.Configuration with { Failure = broken } } },
            "hanging configuration" => Well with { Proxy = status with { Configuration = status.Configuration with { HangsSince = Now } } },
            "lost threads" => Well with { Proxy = status with { LostProbeThreads = 2 } },
            "many execs" => Well with { Proxy = status with { Execs = [new ExecsReport(Web.Id, "web", 40), new ExecsReport(Web.Id, "db", 31)] } },
            "no socket" => Well with { Sockets = [new ServedSocket(Listen, false, null)] },
            "old socket" => Well with { Sockets = [new ServedSocket(Listen, true, [])] },
            "kept socket" => Well with { Sockets = [new ServedSocket(Listen, true, [Systemd])] },
            "stranger" => Well with { Sockets = [new ServedSocket(Listen, true, [Systemd, new SeenProcess(801, "dockerd")])] },
            "engine down" =>
                Well with { Engine = new EngineExamination { Path = "/var/run/docker.sock", Error = "/var/run/docker.sock: nobody serves it" } },
            "leaks" => Well with { Engine = engine with { Version = "20.10.5+dfsg1" } },
            "no process" => Well with { Engine = engine with { Process = null } },
            "no rights" => Well with { Proxy = status with { Engine = status.Engine with { Descriptors = null } } },
            "hidepid" => Well with { SeesProcesses = false },
            "cgroup namespace" => Well with { StrangeCgroups = 7 },
            "hidden" => Well with { ContainersSeen = new HashSet<string>() },
            "direct" => Well with { Engine = engine with { Clients = [Guard, new SeenProcess(77, "dockerd-exporter")], UnseenClients = 2 } },
            "signals" =>
                Well with
                {
                    Proxy = status with { Calls = status.Calls with { Bypassed = 3, LastBypass = new BypassReport(Now, Web.Id, "web", "15") } },
                },
            "kept" => Well with { Engine = engine with { Peerless = 900 } },
            "goroutines" => Well with { Engine = engine with { WaitingGoroutines = 900 } },
            "kubelet" =>
                Well with { Agents = [new NodeAgent(new SeenProcess(900, "kubelet"), "unix:///var/run/docker.sock", true, SocketOwner.Engine)] },
            "kubelet nowhere" => Well with { Agents = [new NodeAgent(new SeenProcess(900, "kubelet"), "unix:///x", true, SocketOwner.Nobody)] },
            "old inode" => Well with { Bound = [new BoundSocket(Web, "/var/run/docker.sock", SocketOwner.Nobody)] },
            "engine's inode" => Well with { Bound = [new BoundSocket(Web, "/var/run/docker.sock", SocketOwner.Engine)] },
            _ => throw new ArgumentOutOfRangeException(nameof(trouble), trouble, null),
        };
    }
}
