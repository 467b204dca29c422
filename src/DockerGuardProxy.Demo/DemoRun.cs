using DockerGuardProxy.Demo.Proxy;
using DockerGuardProxy.Demo.Scenarios;
using DockerGuardProxy.Demo.Show;

namespace DockerGuardProxy.Demo;

/// <summary>The whole demo: the scenarios that are asked for, and then each in one line.</summary>
internal sealed class DemoRun(DemoOptions options, Screen screen, Leftovers leftovers, TimeProvider time)
{
    /// <summary>Where an operator switches off every guard of a machine; see the daemon's <c>ConfigurationSources</c>.</summary>
    private const string OffSwitch = "/etc/docker-guard-proxy/off";

    /// <summary>Runs it; whatever it has made but the picture is gone when this returns or throws, or is among the leftovers.</summary>
    /// <exception cref="DemoException">It can't be played here.</exception>
    /// <exception cref="IOException">A socket in use, no space, or the like.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (File.Exists(OffSwitch)) throw new DemoException($"{OffSwitch} is there and switches off every guard, the demo's too");

        // What can't be written is told before anything is shown.
        var picture = options.Only is null or Scenario.Stop ? PictureFile.Probe(options.Picture) : null;
        using var folder = new DemoFolder(leftovers);
        var settings = folder.Of("proxy.json");
        ProxySettings.Write(settings, options);
        folder.Probe();
        var stage = new Stage(options, folder, settings, screen, leftovers, time);
        var sentences = new List<(Scenario Scenario, string Sentence)>();
        if (picture is not null) sentences.Add((Scenario.Stop, await new StopScenario(stage, picture).PlayAsync(cancellationToken)));
        if (options.Only is null) screen.Line();
        if (options.Only != Scenario.Stop) sentences.AddRange(await ShowOthersAsync(stage, cancellationToken));

        screen.Line();
        foreach (var (scenario, sentence) in sentences) screen.Line($"{$"{scenario}".ToLowerInvariant(),-9}{sentence}");
    }

    /// <summary>Plays those that are left, all at once; shows one that is asked for alone whole.</summary>
    private async Task<IEnumerable<(Scenario Scenario, string Sentence)>> ShowOthersAsync(Stage stage, CancellationToken cancellationToken)
    {
        var (ofLock, ofStreams) = (new LockScenario(stage), new StreamsScenario(stage));
        (Scenario Scenario, string Title, string Terms, Func<CancellationToken, Task<PlayedScenario>> Play)[] all =
        [
            (Scenario.Lock, LockScenario.Title, ofLock.Terms, ofLock.PlayAsync),
            (Scenario.Streams, StreamsScenario.Title, ofStreams.Terms, ofStreams.PlayAsync),
        ];
        var others = all.Where(one => options.Only is not { } only || one.Scenario == only).ToArray();
        screen.Title(others.Length == 1
            ? others[0].Title
            : "Two other ways in which one container takes its engine; --scenario lock and --scenario streams tell more of them.");
        var played = await SideBySide.RunAsync<PlayedScenario>([.. others.Select(static one => one.Play)], cancellationToken);
        foreach (var (one, it) in others.Zip(played))
        {
            screen.Line();
            if (others.Length > 1) screen.Title(one.Title);
            screen.Line(one.Terms);
            foreach (var line in it.Table) screen.Line(line);
            foreach (var line in others.Length > 1 ? it.Essence : it.Whole) screen.Line(line);
        }

        return others.Zip(played, static (one, it) => (one.Scenario, it.Sentence));
    }
}
