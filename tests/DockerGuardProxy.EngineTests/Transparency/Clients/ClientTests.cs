using System.Text;
using Docker.DotNet;
using Docker.DotNet.Models;
using DockerGuardProxy.EngineTests.Lab;
using DockerGuardProxy.EngineTests.Transparency.Cli;
using Xunit;

namespace DockerGuardProxy.EngineTests.Transparency.Clients;

/// <summary>Client libraries, with exec over a hijacked connection, see the same.</summary>
public sealed class ClientTests(Laboratory laboratory)
{
    private static readonly string Scripts = Path.Combine(AppContext.BaseDirectory, "Transparency", "Clients");

    public static TheoryData<string> Engines => new(Dockerd.Installed, Dockerd.Leaky, Dockerd.Newer, Dockerd.Newest);

    [Theory]
    [MemberData(nameof(Engines))]
    public Task Docker_py_sees_the_same(string engine) => LooksTheSameAsync(
        engine, async (_, socket) => await ScriptAsync(socket, "/usr/bin/python3", Path.Combine(Scripts, "docker_py.py"), socket));

    [Theory]
    [MemberData(nameof(Engines))]
    public Task Dockerode_sees_the_same(string engine) => LooksTheSameAsync(
        engine, async (_, socket) => await ScriptAsync(
            socket, "node", Path.Combine(Scripts, "dockerode.js"), socket, Path.Combine(Machine.Cache, "node")));

    [Theory]
    [MemberData(nameof(Engines))]
    public Task Docker_DotNet_sees_the_same(string engine) => LooksTheSameAsync(engine, DotNetAsync);

    private static async Task<string> DotNetAsync(Bench bench, string socket)
    {
        var seen = new StringBuilder();
        using var client = new DockerClientBuilder().WithEndpoint(new Uri("unix://" + socket)).Build();
        var container = (await client.Containers.CreateContainerAsync(
            new CreateContainerParameters { Image = Dockerd.Image, Cmd = ["sleep", "1000"], Name = "dotnet" })).ID;
        await client.Containers.StartContainerAsync(container, new ContainerStartParameters());
        foreach (var tty in new[] { false, true })
        {
            var exec = (await client.Exec.CreateContainerExecAsync(container, new ContainerExecCreateParameters
            {
                Cmd = ["sh", "-c", "read a; echo got $a; exit 3"], AttachStdin = true, AttachStdout = true, AttachStderr = true, TTY = tty,
            })).ID;
            using var stream = await client.Exec.StartContainerExecAsync(exec, new ContainerExecStartParameters { TTY = tty });
            await stream.WriteAsync("hello\n"u8.ToArray(), 0, 6, TestContext.Current.CancellationToken);
            var (output, error) = await stream.ReadOutputToEndAsync(TestContext.Current.CancellationToken);
            seen.AppendLine($"{tty} {output} {error} {(await client.Exec.InspectContainerExecAsync(exec)).ExitCode}");
        }

        try
        {
            await client.Containers.InspectContainerAsync("nosuch");
        }
        catch (DockerApiException e)
        {
            seen.AppendLine($"{e.StatusCode} {e.ResponseBody}");
        }

        seen.AppendLine($"{(await client.Containers.StopContainerAsync(container, new ContainerStopParameters { WaitBeforeKillSeconds = 0 }))}");
        seen.AppendLine($"{(await client.Containers.WaitContainerAsync(container)).StatusCode}");
        return seen.ToString();
    }

    private static async Task<string> ScriptAsync(string socket, params string[] command)
    {
        var result = await Command.RunAsync(command);
        Assert.True(result.ExitCode == 0, $"{socket}: {result.Error}");
        return result.Output + result.Error;
    }

    private async Task LooksTheSameAsync(string engine, Func<Bench, string, Task<string>> client)
    {
        var bench = await laboratory.BenchAsync(engine);
        var direct = Normal.Of(await client(bench, bench.Engine.Socket), bench.Engine.Socket);
        await bench.Engine.Api.RemoveAllAsync();
        var proxied = Normal.Of(await client(bench, bench.ProxySocket), bench.ProxySocket);
        await Transcripts.KeepAsync($"{engine} {TestContext.Current.TestMethod!.MethodName}", direct, proxied);
        Assert.Equal(direct, proxied);
    }
}
