using System.Collections.Immutable;

namespace DockerGuardProxy.Demo.Scenarios;

/// <summary>What a scenario came to.</summary>
/// <param name="Table">Both sides beside each other.</param>
/// <param name="Essence">Of the rest what is shown in any case; empty for nothing.</param>
/// <param name="Whole">The rest.</param>
/// <param name="Sentence">All in one line.</param>
internal sealed record PlayedScenario(ImmutableArray<string> Table, ImmutableArray<string> Essence, ImmutableArray<string> Whole, string Sentence);
