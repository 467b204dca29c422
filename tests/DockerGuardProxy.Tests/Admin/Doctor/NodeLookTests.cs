using DockerGuardProxy.Admin.Doctor;
using DockerGuardProxy.Tests.Configuration;
using DockerGuardProxy.Tests.Probe;
using Xunit;

namespace DockerGuardProxy.Tests.Admin.Doctor;

/// <summary>What a process says of itself, and what is read because it says so.</summary>
public sealed class NodeLookTests : IDisposable
{
    private const int Pid = 500;
    private const string Remote = "containerRuntimeEndpoint: unix:///run/containerd/containerd.sock\n";

    private readonly FakeProc _proc = new();
    private readonly TempFolder _folder = new();

    public void Dispose()
    {
        _proc.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_kubelets_configuration_says_which_runtime_it_uses()
    {
        Kubelet().Write($"{Pid}/root/var/lib/kubelet.yaml", Remote);
        Assert.Equal((null, true), Found());
    }

    [Fact]
    public void A_kubelet_in_a_container_is_none_of_this_nodes()
    {
        Kubelet(pidNamespace: "pid:[4026532001]").Write($"{Pid}/root/var/lib/kubelet.yaml", Remote);
        Assert.Empty(Look());
    }

    [Fact]
    public void Nothing_is_read_because_an_ordinary_users_process_names_it()
    {
        Kubelet(uid: 1000).Write($"{Pid}/root/var/lib/kubelet.yaml", Remote);
        Assert.False(Found().IsCertain);
    }

    [Fact]
    public void Nothing_is_read_of_a_process_whose_pid_namespace_can_not_be_told()
    {
        Kubelet(pidNamespace: "pid:[4026532001]").Write($"{Pid}/root/var/lib/kubelet.yaml", Remote);
        File.Delete($"{_proc.Root.Proc}/1/ns/pid");
        Assert.False(Found().IsCertain);
    }

    [Fact]
    public void A_process_of_the_initial_pid_namespace_is_read_where_process_1_can_not_be_looked_at()
    {
        Kubelet().Write($"{Pid}/root/var/lib/kubelet.yaml", Remote);
        File.Delete($"{_proc.Root.Proc}/1/ns/pid");
        Assert.Equal((null, true), Found());
    }

    [Fact]
    public void The_command_line_of_a_process_with_a_task_in_D_is_left_alone()
    {
        Kubelet().Task(Pid, 501, "kubelet", FakeProc.Host, 'D').Write($"{Pid}/root/var/lib/kubelet.yaml", Remote);

        // Whoever reads it waits for ever, as the kernel would let him.
        _proc.Block($"{Pid}/cmdline");
        Assert.False(Found().IsCertain);
    }

    [Theory]
    [InlineData("fifo")]
    [InlineData("/dev/zero")]
    [InlineData("huge")]
    public void A_configuration_that_is_no_small_regular_file_is_none(string kind)
    {
        Kubelet().Write($"{Pid}/root/var/lib/kubelet.yaml", Remote + (kind == "huge" ? new string('#', 2 << 20) : ""));
        if (kind == "fifo")
            _proc.Block($"{Pid}/root/var/lib/kubelet.yaml");
        else if (kind != "huge")
            _proc.Link($"{Pid}/root/var/lib/kubelet.yaml", kind);
        Assert.False(Found().IsCertain);
    }

    private (string? Endpoint, bool IsCertain) Found()
    {
        var agent = Assert.Single(Look());
        return (agent.Endpoint, agent.IsCertain);
    }

    private IReadOnlyList<NodeAgent> Look() =>
        new NodeLook(_proc.Root.Proc, [_folder["docker.sock"]], default).Look(AnExamination(), null).Agents!;

    private FakeProc Kubelet(string pidNamespace = "pid:[4026531836]", int uid = 0) => _proc
        .Process(Pid, "kubelet", FakeProc.Host, pidNamespace: pidNamespace, uid: uid)
        .Write($"{Pid}/comm", "kubelet\n")
        .Write($"{Pid}/cmdline", "/usr/bin/kubelet\0--config=/var/lib/kubelet.yaml\0");

    private static Examination AnExamination() => new() { Engine = new EngineExamination { Path = "/nowhere.sock", PidFile = "" } };
}
