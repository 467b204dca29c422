using DockerGuardProxy.Campaign.Check;

namespace DockerGuardProxy.Campaign.Chaos;

/// <summary>Carries out the plan of one site.</summary>
internal static class Actors
{
    /// <summary>One thing after the other, each not before its time, which counts from <paramref name="begin"/>.</summary>
    public static async Task PlayAsync(Site site, IReadOnlyList<PlannedChaos> plan, TimeSpan begin, CancellationToken cancellationToken)
    {
        foreach (var chaos in plan)
        {
            var ahead = begin + chaos.At - Clock.Now;
            if (ahead > TimeSpan.Zero) await Task.Delay(ahead, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancellationToken.IsCancellationRequested) return;
            Console.WriteLine($"{Clock.Now.TotalSeconds:0.0} s, {site.Name}: {chaos.Kind} for {chaos.Length.TotalSeconds:0.0} s");
            site.Chaos.Begin(chaos.Kind);
            try
            {
                await Of(chaos.Kind).ActAsync(site, chaos);
                site.Findings.Hold(Invariant.ChaosAsPromised);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // Chaos that could not be made, or undone, has shown nothing.
                site.Findings.Break(Invariant.ChaosAsPromised, $"{site.Name} {chaos.Kind}", e.ToString().ReplaceLineEndings(" "));
            }
            finally
            {
                site.Chaos.End();
                Console.WriteLine($"{Clock.Now.TotalSeconds:0.0} s, {site.Name}: {chaos.Kind} is undone");
            }
        }
    }

    private static IActor Of(ChaosKind kind) => kind switch
    {
        ChaosKind.DState => new DStateActor(),
        ChaosKind.StoppedShim => new StoppedShimActor(),
        ChaosKind.UnreadAttach => new UnreadAttachActor(),
        ChaosKind.VanishingClients => new VanishingClientsActor(),
        ChaosKind.EngineKilled => new EngineKilledActor(),
        ChaosKind.ContainerdStopped => new ContainerdStoppedActor(),
        ChaosKind.ProxyKilled => new ProxyKilledActor(),
        ChaosKind.ProxyRestarted or ChaosKind.ExporterDead => new ProxyRestartedActor(),
        ChaosKind.ConfigurationBroken or ChaosKind.Observed => new ConfigurationActor(),
        ChaosKind.StateFull or ChaosKind.StateReadOnly => new StateActor(),
        ChaosKind.FewDescriptors => new FewDescriptorsActor(),
        ChaosKind.ProxyUpgraded => new ProxyUpgradedActor(),
        ChaosKind.PoliciesSwitched => new PoliciesSwitchedActor(),
        ChaosKind.TransferLeft => new TransferLeftActor(),
        ChaosKind.LockTold => new LockToldActor(),
        ChaosKind.ClockStepped => new ClockSteppedActor(),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
