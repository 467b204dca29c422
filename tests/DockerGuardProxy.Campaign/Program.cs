using System.CommandLine;
using DockerGuardProxy.Campaign;
using DockerGuardProxy.Campaign.Chaos;
using DockerGuardProxy.EngineTests.Lab;

var minutes = new Option<double>("--minutes") { Description = "How long load and chaos last", DefaultValueFactory = _ => 5 };
var seed = new Option<ulong>("--seed") { Description = "Where the plan comes from", DefaultValueFactory = _ => 1 };
var engine = new Option<string[]>("--engine")
{
    Description = "Only these engines",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => [Dockerd.Leaky, Dockerd.Newer, Dockerd.Newest],
};
engine.AcceptOnlyFromAmong(Dockerd.Leaky, Dockerd.Installed, Dockerd.Newer, Dockerd.Newest);
var rate = new Option<int>("--rate") { Description = "The most calls a second, of all clients", DefaultValueFactory = _ => 300 };
var containers = new Option<int>("--containers") { Description = "How many containers live at once, on all engines", DefaultValueFactory = _ => 60 };
var chaos = new Option<ChaosKind[]>("--chaos")
{
    Description = "Only these kinds of chaos",
    AllowMultipleArgumentsPerToken = true,
    DefaultValueFactory = _ => Enum.GetValues<ChaosKind>(),
};
var root = new RootCommand("Load and chaos on real engines with the proxy in front of them, and what must hold meanwhile.")
{
    minutes, seed, engine, rate, containers, chaos,
};
root.SetAction((result, cancellationToken) => CampaignRun.RunAsync(
    new CampaignSettings(
        TimeSpan.FromMinutes(result.GetValue(minutes)), result.GetValue(seed), [.. result.GetValue(engine)!], result.GetValue(rate),
        result.GetValue(containers), [.. result.GetValue(chaos)!]),
    cancellationToken));
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(10) });
