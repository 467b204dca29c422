using DockerGuardProxy.Admin.Doctor;
using Xunit;

namespace DockerGuardProxy.Tests.Admin.Doctor;

public sealed class AgentEndpointTests
{
    [Theory]
    [InlineData("kubelet --docker-endpoint=unix:///x", null, "unix:///x", true)]
    [InlineData("kubelet --docker-endpoint unix:///x --v=2", null, "unix:///x", true)]
    [InlineData("kubelet --docker-endpoint=unix:///x --docker-endpoint=unix:///y", null, "unix:///y", true)]
    [InlineData("kubelet --container-runtime=docker", null, "unix:///var/run/docker.sock", true)]
    [InlineData("kubelet --container-runtime-endpoint=unix:///var/run/dockershim.sock", null, "unix:///var/run/docker.sock", true)]
    [InlineData("kubelet --v=2", null, "unix:///var/run/docker.sock", false)]
    [InlineData("kubelet", "containerRuntimeEndpoint: \"\"\n", "unix:///var/run/docker.sock", false)]
    [InlineData("kubelet --container-runtime=remote", null, null, true)]
    [InlineData("kubelet --container-runtime=remote --docker-endpoint=unix:///x", null, null, true)]
    [InlineData("kubelet --container-runtime-endpoint=unix:///run/containerd/containerd.sock", null, null, true)]
    [InlineData("kubelet", "kind: KubeletConfiguration\ncontainerRuntimeEndpoint: unix:///run/cri-dockerd.sock\n", null, true)]
    [InlineData("kubelet", "{\n  \"containerRuntimeEndpoint\": \"unix:///run/crio/crio.sock\",\n}\n", null, true)]
    [InlineData("cri-dockerd", null, "unix:///var/run/docker.sock", true)]
    [InlineData("cri-dockerd --container-runtime-endpoint fd:// --docker-endpoint=unix:///x", null, "unix:///x", true)]
    public void The_engine_of_an_agent_is_told_by_its_options(string commandLine, string? configuration, string? endpoint, bool isCertain)
    {
        var arguments = commandLine.Split(' ');
        Assert.Equal(new AgentEndpoint(endpoint, isCertain), AgentEndpoint.Of(arguments[0], arguments, configuration));
    }
}
