using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net.Sockets;
using DockerGuardProxy.Demo.Show;

namespace DockerGuardProxy.Demo;

/// <summary>The demo's command line, and what the program ends with: 0, 1 with the reason, or as a signal would have ended it.</summary>
internal static class DemoCommand
{
    private const int Failed = 1;

    private static readonly string[] Names = [.. Enum.GetNames<Scenario>().Select(static name => name.ToLowerInvariant())];

    // What the shell calls a program that SIGPIPE ended.
    private const int OutputClosed = 128 + 13;

    public static RootCommand Create(Interruption interruption)
    {
        var scenario = new Option<Scenario?>("--scenario")
        {
            Description = "The one that is played: a container that SIGKILL can't end, one whose lock hangs, one whose client does not read. Default: all",
            HelpName = "stop|lock|streams",
        };
        scenario.AcceptOnlyFromAmong(Names);
        var picture = new Option<string>("--picture")
        {
            Description = "Where the picture of the stops is written",
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
        var real = new Option<bool>("--real")
        {
            Description = "One scenario, stop by default, on a real engine without containers; needs root",
        };
        picture.Validators.Add(result =>
        {
            if (!result.Implicit && result.Tokens.Count > 0 && IsAnother(result.GetResult(scenario)))
                result.AddError("--picture goes with stop: no picture is drawn of the other scenarios");
        });
        var root = new RootCommand("The incident on your own machine, direct and guarded. Needs neither root nor Docker, but for --real.")
        {
            scenario, picture, engine, real,
        };
        root.SetAction((result, _) =>
        {
            var options = result.GetValue(real)
                ? DemoOptions.Real with { Engine = result.GetValue(engine), Only = result.GetValue(scenario) ?? Scenario.Stop }
                : new DemoOptions { Only = result.GetValue(scenario) };
            return RunAsync(options with { Picture = result.GetValue(picture)! }, interruption);
        });
        return root;
    }

    /// <summary>Whether a scenario is asked for that is not stop. By its text: the value can't be had where that is wrong.</summary>
    private static bool IsAnother(OptionResult? scenario) => scenario?.Tokens is [{ Value: "lock" or "streams" }];

    private static async Task<int> RunAsync(DemoOptions options, Interruption interruption)
    {
        var leftovers = new Leftovers();
        var (code, reason) = await PlayAsync(options, interruption, leftovers);
        if (reason.Length > 0) Tell($"docker-guard-proxy-demo: {reason}{(code > Failed && leftovers.Lines.Count == 0 ? "; everything is cleaned up" : "")}");
        foreach (var line in leftovers.Lines) Tell($"docker-guard-proxy-demo: left behind: {line}");
        return code == 0 && leftovers.Lines.Count > 0 ? Failed : code;
    }

    private static async Task<(int Code, string Reason)> PlayAsync(DemoOptions options, Interruption interruption, Leftovers leftovers)
    {
        try
        {
            await new DemoRun(options, Screen.Console, leftovers, TimeProvider.System).RunAsync(interruption.Token);
            return (0, "");
        }
        catch (Exception) when (interruption.ExitCode is not null)
        {
            // Whatever failed, it failed because all was ending; a terminal that has gone takes the output along.
            return (interruption.ExitCode!.Value, $"interrupted by {interruption.Name}");
        }
        catch (ClosedOutputException)
        {
            return (OutputClosed, "nobody reads the output any more");
        }
        catch (Exception e) when (e is DemoException or IOException or UnauthorizedAccessException or SocketException or HttpRequestException)
        {
            return (Failed, e.Message);
        }
    }

    private static void Tell(string line)
    {
        try
        {
            Console.Error.WriteLine(line);
        }
        catch (IOException)
        {
            // Standard error is as gone as the terminal that it was.
        }
    }
}
