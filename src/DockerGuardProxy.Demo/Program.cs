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
var engine = new Option<string>("--engine")
{
    Description = "Socket of the engine that --real plays on",
    HelpName = "PATH",
    DefaultValueFactory = static _ => "/var/run/docker.sock",
};
engine.Validators.Add(result =>
{
    if (!result.Implicit && result.Tokens.Count > 0 && !result.GetValue<bool>("--real"))
        result.AddError("--engine goes with --real: without it a simulated engine is played on");
});
var real = new Option<bool>("--real") { Description = "On a real engine without containers, with a frozen file system; needs root" };
var root = new RootCommand("The incident on your own machine, direct and guarded. Needs neither root nor Docker, but for --real.") { picture, engine, real };
root.SetAction(async (result, cancellation) =>
{
    var options = result.GetValue(real) ? DemoOptions.Real with { Engine = result.GetValue(engine) } : new DemoOptions();
    options = options with { Picture = result.GetValue(picture)! };
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

// Time to clean up after Ctrl-C: on a real engine, containers and a mount.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
