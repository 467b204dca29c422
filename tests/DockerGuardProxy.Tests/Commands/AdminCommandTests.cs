using System.CommandLine;
using System.Net.Sockets;
using System.Text;
using DockerGuardProxy.Commands;
using DockerGuardProxy.Tests.Admin;
using Xunit;
using static DockerGuardProxy.Tests.Engine.Samples;

namespace DockerGuardProxy.Tests.Commands;

/// <summary>status, release, reload and version, each against a server on a socket of its own.</summary>
public sealed class AdminCommandTests
{
    [Fact]
    public async Task Status_of_a_quiet_node()
    {
        await using var rig = await AdminRig.StartAsync();
        var (code, output, errors) = await RunAsync(StatusCommand.Create(), "status", "--admin", rig.Path);
        Assert.Equal((0, ""), (code, errors));
        Assert.EndsWith("\nNo container is stuck.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Status_of_a_stuck_container_exits_with_1()
    {
        await using var rig = await AdminRig.StartAsync();
        rig.BecomeStuck();
        var (code, output, errors) = await RunAsync(StatusCommand.Create(), "status", "--admin", rig.Path);
        Assert.Equal((1, ""), (code, errors));
        Assert.Contains("\nSTUCK web (c10000000000)\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', output);
    }

    [Theory]
    [InlineData(false, 0, "no container is stuck\n")]
    [InlineData(true, 1, "stuck web: touch (D) percpu_rwsem_wait\n")]
    public async Task Check_node_says_it_in_one_line(bool stuck, int expected, string line)
    {
        await using var rig = await AdminRig.StartAsync();
        if (stuck)
            rig.BecomeStuck();
        var (code, output, errors) = await RunAsync(CheckNodeCommand.Create(), "check-node", "--admin", rig.Path);
        Assert.Equal((expected, line, ""), (code, output, errors));
    }

    [Fact]
    public async Task Check_node_of_a_proxy_that_is_not_there_or_hangs_is_unknown_within_two_seconds()
    {
        await using var rig = new AdminRig();
        Assert.Equal((2, "docker-guard-proxy does not answer\n", ""), await RunAsync(CheckNodeCommand.Create(), "check-node", "--admin", rig.Path));

        using var silent = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        silent.Bind(new UnixDomainSocketEndPoint(rig.Path));
        silent.Listen();
        Assert.Equal((2, "docker-guard-proxy does not answer\n", ""), await RunAsync(CheckNodeCommand.Create(), "check-node", "--admin", rig.Path));
    }

    [Fact]
    public async Task Json_is_printed_as_it_came()
    {
        await using var rig = await AdminRig.StartAsync();
        rig.BecomeStuck();
        var (code, output, _) = await RunAsync(StatusCommand.Create(), "status", "--json", "--admin", rig.Path);
        Assert.Equal(1, code);
        Assert.Equal(Encoding.UTF8.GetString((await rig.AskAsync(HttpMethod.Get, "/v1/status")).Body.Span), output);
    }

    [Fact]
    public async Task Watch_looks_every_two_seconds_also_while_the_proxy_is_away()
    {
        await using var rig = new AdminRig();
        using var stop = new CancellationTokenSource();
        using var output = new SharedWriter();
        using var errors = new SharedWriter();
        var watching = StatusCommand.WatchAsync(
            new StatusCommand.Look(rig.Path, Json: false, Colour: false, output, errors), isTerminal: false, rig.Guard.Time, stop.Token);
        await SeesAsync(errors, "no such socket");
        Assert.DoesNotContain("No container is stuck.", output.ToString(), StringComparison.Ordinal);
        await rig.ServeAsync();
        await SeesAsync(output, "No container is stuck.");
        rig.BecomeStuck();
        await SeesAsync(output, "STUCK web");
        await stop.CancelAsync();
        Assert.Equal(1, await watching);

        Task SeesAsync(SharedWriter writer, string text) => Tests.Engine.Eventually.Async(
            () => Contains(writer, text), () => rig.Guard.Time.Advance(TimeSpan.FromSeconds(2)));
    }

    [Theory]
    [InlineData("status")]
    [InlineData("reload")]
    [InlineData("release")]
    public async Task Without_a_proxy_each_exits_with_2(string name)
    {
        await using var rig = new AdminRig();
        string[] arguments = name == "release" ? [name, "web", "--admin", rig.Path] : [name, "--admin", rig.Path];
        Assert.Equal((2, "", $"{rig.Path}: no such socket; is the proxy running?\n"), await RunAsync(Of(name), arguments));

        using (var stale = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            stale.Bind(new UnixDomainSocketEndPoint(rig.Path));
            Assert.Equal((2, "", $"{rig.Path}: nobody serves it; is the proxy running?\n"), await RunAsync(Of(name), arguments));
        }

        arguments[^1] = rig.Folder[new string('x', 120)];
        Assert.Equal((2, "", $"{arguments[^1]}: no path of a socket: at most 107 bytes\n"), await RunAsync(Of(name), arguments));
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "the answer is not understood; is it a proxy of another version?")]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 22\r\n\r\n{\"message\":\"no\\u001b\"}", "no\\u001b")]
    public async Task Another_program_on_the_socket_is_not_believed(string answer, string message)
    {
        await using var rig = new AdminRig();
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(rig.Path));
        listener.Listen();
        var running = RunAsync(StatusCommand.Create(), "status", "--json", "--admin", rig.Path);
        using (var client = await listener.AcceptAsync(Cancel))
        {
            await client.ReceiveAsync(new byte[4096], Cancel);
            await client.SendAsync(Encoding.Latin1.GetBytes(answer), Cancel);
        }

        Assert.Equal((2, "", $"{rig.Path}: {message}\n"), await running);
    }

    [Fact]
    public async Task Release()
    {
        await using var rig = await AdminRig.StartAsync();
        rig.BecomeStuck();
        string[] arguments = ["release", "--admin", rig.Path, "web"];
        Assert.Equal((0, "web (c10000000000): back-off ended\n", ""), await RunAsync(ReleaseCommand.Create(), arguments));
        Assert.Equal((1, "web (c10000000000): no back-off\n", ""), await RunAsync(ReleaseCommand.Create(), arguments));
        arguments[^1] = "n\u001b[2Jo/../x";
        Assert.Equal((1, "", "no container is called n\\u001b[2Jo/../x\n"), await RunAsync(ReleaseCommand.Create(), arguments));
    }

    [Fact]
    public async Task Reload()
    {
        await using var rig = await AdminRig.StartAsync();
        string[] arguments = ["reload", "--admin", rig.Path];
        rig.Folder.With("""{ "engine": { "path": "/x.sock" } }""");
        Assert.Equal((0, "The configuration is in use.\nengine.path waits for a restart.\n", ""), await RunAsync(ReloadCommand.Create(), arguments));
        rig.Folder.With("""{ "guard": { "patiense": "1s" } }""");
        Assert.Equal(
            (1, "", "guard.patiense: unknown key; did you mean guard.patience?\nThe old configuration stays in use.\n"),
            await RunAsync(ReloadCommand.Create(), arguments));
    }

    [Fact]
    public async Task Version()
    {
        var (code, output, errors) = await RunAsync(VersionCommand.Create(), "version");
        Assert.Equal((0, ""), (code, errors));
        Assert.Matches("^docker-guard-proxy [0-9]+\\.[0-9]+\\.[0-9]+\n", output);
    }

    private static Command Of(string name) => name switch
    {
        "status" => StatusCommand.Create(),
        "reload" => ReloadCommand.Create(),
        _ => ReleaseCommand.Create(),
    };

    private static bool Contains(SharedWriter writer, string text) => writer.ToString().Contains(text, StringComparison.Ordinal);

    private static async Task<(int Code, string Output, string Errors)> RunAsync(Command command, params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var errors = new StringWriter { NewLine = "\n" };
        var result = new RootCommand { command }.Parse(arguments);
        var code = await result.InvokeAsync(new InvocationConfiguration { Output = output, Error = errors }, Cancel);
        return (code, output.ToString(), errors.ToString());
    }

    /// <summary>May be read while it is written.</summary>
    private sealed class SharedWriter : StringWriter
    {
        private readonly Lock _gate = new();

        public override Task WriteAsync(string? value)
        {
            lock (_gate)
                Write(value);
            return Task.CompletedTask;
        }

        public override Task WriteLineAsync(string? value) => WriteAsync(value + "\n");

        public override string ToString()
        {
            lock (_gate)
                return base.ToString();
        }
    }
}
