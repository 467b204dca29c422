using System.CommandLine;
using System.Net.Sockets;
using DockerGuardProxy.Demo;
using DockerGuardProxy.Demo.Show;

const int Failed = 1, Interrupted = 130;

var picture = new Option<string>("--picture")
{
    Description = "Where the picture is written",
    HelpName = "FILE.svg",
    DefaultValueFactory = static _ => new DemoOptions().Picture,
};
var root = new RootCommand("The incident on your own machine, direct and guarded. Needs neither root nor Docker.") { picture };
root.SetAction(async (result, cancellation) =>
{
    var options = new DemoOptions { Picture = result.GetValue(picture)! };
    try
    {
        await new DemoRun(options, Screen.Console, TimeProvider.System).RunAsync(cancellation);
        return 0;
    }
    catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
    {
        await Console.Error.WriteLineAsync("interrupted; everything is cleaned up");
        return Interrupted;
    }
    catch (Exception e) when (e is DemoException or IOException or UnauthorizedAccessException or SocketException or HttpRequestException)
    {
        await Console.Error.WriteLineAsync($"docker-guard-proxy-demo: {e.Message}");
        return Failed;
    }
});

// Time to end the proxy and to remove the folder after Ctrl-C.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(10) });
