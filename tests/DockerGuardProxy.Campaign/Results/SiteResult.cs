using DockerGuardProxy.Campaign.Chaos;
using DockerGuardProxy.Campaign.Check;

namespace DockerGuardProxy.Campaign.Results;

/// <summary>What there is to tell of one engine.</summary>
/// <param name="Engine">Its version.</param>
/// <param name="Lasted">From the first call to the last.</param>
/// <param name="Tally">Its calls.</param>
/// <param name="Chaos">How often there was which.</param>
/// <param name="Planned">How often chaos was planned.</param>
/// <param name="Status">What the proxy has counted.</param>
/// <param name="Before">What was held before the first call.</param>
/// <param name="After">What is held after the last.</param>
internal sealed record SiteResult(
    string Engine, TimeSpan Lasted, Tally Tally, IReadOnlyDictionary<ChaosKind, int> Chaos, int Planned, StatusWatch Status, Holdings Before,
    Holdings After);
