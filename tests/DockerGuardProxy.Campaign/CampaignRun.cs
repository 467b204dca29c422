using System.Collections.Immutable;
using DockerGuardProxy.Campaign.Chaos;
using DockerGuardProxy.Campaign.Check;
using DockerGuardProxy.Campaign.Load;
using DockerGuardProxy.Campaign.Results;
using DockerGuardProxy.EngineTests.Lab;

namespace DockerGuardProxy.Campaign;

/// <summary>One campaign from its first engine to its table.</summary>
internal static class CampaignRun
{
    /// <summary>For clients and actors to end what they have begun.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromMinutes(4);

    /// <returns>0 where no invariant was broken, else 1.</returns>
    public static async Task<int> RunAsync(CampaignSettings settings, CancellationToken cancellationToken)
    {
        var findings = new Findings();
        using var lag = new MachineLag();
        List<SiteResult> results = [];
        List<Site> sites = [];
        try
        {
            for (var number = 0; number < settings.Engines.Length; number++)
                sites.Add(await Site.StartAsync(settings.Engines[number], settings, lag, findings, settings.Seed + (ulong)number));
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            ending.CancelAfter(settings.Length);
            var begin = Clock.Now;
            Console.WriteLine($"{begin.TotalSeconds:0.0} s: {string.Join(", ", sites.Select(site => site.Name))} with seed {settings.Seed}");
            results.AddRange(await Task.WhenAll(sites.Select((site, number) => PlayAsync(site, number, settings, begin, ending.Token))));
        }
        finally
        {
            foreach (var site in sites) await site.DisposeAsync();
            await Machine.ReapAsync(Machine.Root);
        }

        var text = CampaignTable.Write(settings, results, lag.Between(TimeSpan.Zero, Clock.Now), findings);
        var file = Path.Combine(Machine.Repository, "artifacts", "campaign.md");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, text, CancellationToken.None);
        Console.WriteLine();
        Console.WriteLine(text);
        return findings.Any ? 1 : 0;
    }

    private static async Task<SiteResult> PlayAsync(
        Site site, int number, CampaignSettings settings, TimeSpan begin, CancellationToken cancellationToken)
    {
        using var watching = new CancellationTokenSource();
        var status = new StatusWatch(site);
        var watches = Task.WhenAll(status.RunAsync(watching.Token), new LogWatch(site).RunAsync(watching.Token));
        await WarmAsync(site);
        var before = await Holdings.OfAsync(site);
        var plan = ChaosPlan.Of(settings.Seed, number, settings.Length, settings.Kinds);
        var clients = Clients(site, settings);
        Task[] all =
        [
            .. clients.Select(client => client.RunAsync(cancellationToken)), new EventsLike(site, "events-1").RunAsync(cancellationToken),
            Actors.PlayAsync(site, plan, begin, cancellationToken),
        ];
        try
        {
            // Ended by the token; what takes longer than this after it hangs.
            await Task.WhenAll(all).WaitAsync(settings.Length + EndLimit, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            site.Findings.Break(Invariant.NotDelayed, site.Name, $"clients have not ended within {EndLimit.TotalMinutes:0} min of the end");
        }

        foreach (var client in clients) client.Dispose();
        var lasted = Clock.Now - begin;
        var after = await Quiet.LookAsync(site, before);
        await watching.CancelAsync();
        await watches;
        return new SiteResult(site.Name, lasted, site.Tally, site.Chaos.Counts(), plan.Length, status, before, after);
    }

    private static ImmutableArray<LoadClient> Clients(Site site, CampaignSettings settings)
    {
        var seeds = new Numbers(site.Seed);
        var pods = Math.Max(1, settings.Containers / settings.Engines.Length / 2);
        return
        [
            new KubeletLike(site, "kubelet-1", seeds.Next(), pods), new KubeletLike(site, "kubelet-2", seeds.Next(), pods),
            new ComposeLike(site, "compose-1", seeds.Next()), new RunnerLike(site, "runner-1", seeds.Next()),
            new RunnerLike(site, "runner-2", seeds.Next()), new MonitoringLike(site, "monitoring-1", seeds.Next()),
            new TraefikLike(site, "traefik-1", seeds.Next()), new FollowerLike(site, "follower-1", seeds.Next()),
            new BuilderLike(site, "builder-1", seeds.Next()),
        ];
    }

    /// <summary>So that the first look does not count what every process loads once.</summary>
    private static async Task WarmAsync(Site site)
    {
        var id = await site.Proxy.Api.RunAsync("warm", ["sleep", "100000"]);
        for (var call = 0; call < 50; call++) await site.Proxy.Api.GetTextAsync($"/containers/{id}/json");
        await site.Proxy.Api.RemoveAsync(id);
    }
}
