using System.Collections.Immutable;
using DockerGuardProxy.Demo.Simulation;

namespace DockerGuardProxy.Demo.Incident;

/// <summary>Containers of a kubelet's pods on a simulated engine.</summary>
internal static class SimulatedPods
{
    /// <summary>The one that something happens to.</summary>
    public const string Web = "k8s_app_web-0";

    /// <summary>Another one, of which nobody wants more than it can do.</summary>
    public const string Db = "k8s_app_db-0";

    /// <summary>Starts one.</summary>
    /// <param name="engine">Where.</param>
    /// <param name="name">Its name.</param>
    /// <param name="spec">What else it is created from.</param>
    public static async Task StartAsync(SimulatedEngine engine, string name, ContainerSpec spec)
    {
        engine.Daemon.Create(spec with
        {
            Name = name,
            ExitDelay = TimeSpan.FromMilliseconds(20),
            Labels = ImmutableSortedDictionary<string, string>.Empty
                .Add("io.kubernetes.pod.name", name["k8s_app_".Length..])
                .Add("io.kubernetes.pod.namespace", "shop"),
        });
        await engine.Daemon.StartAsync(name);
    }
}
