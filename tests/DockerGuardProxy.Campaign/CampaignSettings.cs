using System.Collections.Immutable;
using DockerGuardProxy.Campaign.Chaos;

namespace DockerGuardProxy.Campaign;

/// <summary>How much of everything.</summary>
/// <param name="Length">Of load and chaos; what is waited for at the end comes on top.</param>
/// <param name="Seed">Where the plans and the clients' choices come from.</param>
/// <param name="Engines">Their versions, as the laboratory names them.</param>
/// <param name="CallsPerSecond">The most that all clients make together.</param>
/// <param name="Containers">How many live at once on all engines together, beside the short-lived ones.</param>
/// <param name="Kinds">What chaos there may be.</param>
internal sealed record CampaignSettings(
    TimeSpan Length, ulong Seed, ImmutableArray<string> Engines, int CallsPerSecond, int Containers, ImmutableArray<ChaosKind> Kinds);
