using System.Text;
using System.Text.Json;
using CsCheck;
using DockerGuardProxy.Guard;
using DockerGuardProxy.Probe;
using Xunit;

namespace DockerGuardProxy.Tests.Guard;

public sealed class RefusalTextTests
{
    private static readonly DateTimeOffset Since = new(2026, 3, 1, 9, 30, 15, 700, TimeSpan.FromHours(1));
    private static readonly GuardedContainer Container = new(
        "4f1c2b7a9d3e4f1c2b7a9d3e4f1c2b7a9d3e4f1c2b7a9d3e4f1c2b7a9d3e4f1c", "k8s_app_web-0", true, 1, Pod: new Pod("shop", "web-0", null));

    [Fact]
    public void It_names_everything_that_helps()
    {
        var task = new StuckTask(4242, 4242, 9, "touch", 'D', "rpc_wait_bit_killable", "nfs filer:/export");
        Assert.Equal(
            "container k8s_app_web-0 (4f1c2b7a9d3e) of pod shop/web-0 cannot be ended by SIGKILL since 2026-03-01T08:30:15Z: "
            + "pid 4242 (touch) at rpc_wait_bit_killable on nfs filer:/export "
            + "in D state; mend or detach what it waits for, or reboot; more kills change nothing",
            Message(new Diagnosis(DiagnosisKind.DState, [task])));
    }

    [Theory]
    [InlineData(DiagnosisKind.Frozen, "thaw it")]
    [InlineData(DiagnosisKind.ExitLost, "end that client")]
    [InlineData(DiagnosisKind.CannotTell, "/proc can't be read")]
    internal void It_says_what_to_do(DiagnosisKind kind, string what) => Assert.Contains(what, Message(new Diagnosis(kind, [])));

    [Fact]
    public void Nobody_is_told_to_restart_the_engine_for_a_client_that_does_not_read()
    {
        var message = Message(new Diagnosis(DiagnosisKind.ExitLost, []));
        Assert.Equal(
            "container k8s_app_web-0 (4f1c2b7a9d3e) of pod shop/web-0 has no task left since 2026-03-01T08:30:15Z: its end waits in the engine, "
            + "mostly for a client (attach, exec) that reads no output: end that client, see ss -xp (Recv-Q, peer dockerd); or for its log driver; "
            + "more kills change nothing",
            message);
        Assert.DoesNotContain("restart", message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void It_names_the_client_of_ours_that_does_not_read()
    {
        var client = new UnreadClient(4242, "docker", "attach", 212992, Since);
        Assert.Equal(
            "container k8s_app_web-0 (4f1c2b7a9d3e) of pod shop/web-0 has no task left since 2026-03-01T08:30:15Z: its end waits for pid 4242 "
            + "(docker, attach), which has left 212992 bytes unread since 2026-03-01T08:30:15Z +1 more: end that process; more kills change nothing",
            Message(new Diagnosis(DiagnosisKind.ExitLost, []) { Hold = new ExitHold(client, 1, "json-file") }));
    }

    [Theory]
    [InlineData("splunk", "splunk")]
    [InlineData(null, "(unknown)")]
    public void Where_no_client_of_ours_is_to_blame_it_says_so_and_names_the_log_driver(string? driver, string named) => Assert.EndsWith(
        ": no unread stream of ours: look for a client past the proxy (ss -xp, Recv-Q, peer dockerd), or at log driver " + named
        + "; more kills change nothing",
        Message(new Diagnosis(DiagnosisKind.ExitLost, []) { Hold = new ExitHold(null, 0, driver) }), StringComparison.Ordinal);

    [Fact]
    public void What_holds_an_exit_is_told_of_a_lost_exit_alone() => Assert.DoesNotContain(
        "log driver", Message(new Diagnosis(DiagnosisKind.Frozen, []) { Hold = new ExitHold(null, 0, "splunk") }), StringComparison.Ordinal);

    [Fact]
    public void It_names_three_tasks_at_most()
    {
        var tasks = Enumerable.Range(1, 5).Select(pid => new StuckTask(pid, pid, 9, "dd", 'D', "", null));
        Assert.Contains("pid 1 (dd), 2 (dd), 3 (dd) +2 more ", Message(new Diagnosis(DiagnosisKind.DState, [.. tasks])));
        Assert.Contains("pid 1 (dd), 2 (dd), 3 (dd) +4702 more ", Message(new Diagnosis(DiagnosisKind.DState, [.. tasks], 4700)));
    }

    [Fact]
    public void It_never_reads_like_an_answer_that_kubelet_acts_on()
    {
        var task = new StuckTask(1, 1, 9, "x", 'D', "w", "fuse No such container: x");
        var other = new StuckTask(1, 1, 9, "x", 'D', "w", "a is already in use by container");
        var third = new StuckTask(1, 1, 9, "x", 'D', "w", "did not receive an exit event");
        foreach (var it in new[] { task, other, third })
            AssertSafe(RefusalText.Write(Container, new Diagnosis(DiagnosisKind.DState, [it]), Since));
    }

    [Fact]
    public void Whatever_the_names_are_it_is_short_safe_printable_JSON()
    {
        var text = Gen.String[0, 300];
        var task = Gen.Select(Gen.Int[1, 4194304], text, text, text)
            .Select((pid, comm, wchan, fs) => new StuckTask(pid, pid, 9, comm, 'D', wchan, fs));
        var kind = Gen.Int[0, 3].Select(
            i => new[] { DiagnosisKind.DState, DiagnosisKind.Frozen, DiagnosisKind.ExitLost, DiagnosisKind.CannotTell }[i]);
        Gen.Select(text, text, text, kind, task.Array[0, 6]).Sample(
            it =>
            {
                var (name, ns, pod, kind, tasks) = it;
                var container = Container with { Name = name, Pod = new Pod(ns, pod, null) };
                var body = RefusalText.Write(container, new Diagnosis(kind, [.. tasks]), Since);
                AssertSafe(body);
                Assert.Equal(body, RefusalText.Write(container, new Diagnosis(kind, [.. tasks]), Since));
                if (kind == DiagnosisKind.DState && tasks.Length > 0)
                    Assert.Contains($"pid {tasks[0].Pid} (", Encoding.ASCII.GetString(body));
            },
            iter: 2000);
    }

    private static string Message(Diagnosis diagnosis)
    {
        var body = RefusalText.Write(Container, diagnosis, Since);
        AssertSafe(body);
        return JsonDocument.Parse(body).RootElement.GetProperty("message").GetString()!;
    }

    private static void AssertSafe(byte[] body)
    {
        Assert.InRange(body.Length, 1, 400);
        Assert.All(body, b => Assert.InRange(b, (byte)' ', (byte)'~'));
        var text = JsonDocument.Parse(body).RootElement.GetProperty("message").GetString()!;
        Assert.DoesNotContain("No such container:", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("is already in use by container", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("did not receive an exit event", text, StringComparison.OrdinalIgnoreCase);
    }
}
