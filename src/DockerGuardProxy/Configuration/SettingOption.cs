using System.Collections.Immutable;

namespace DockerGuardProxy.Configuration;

/// <summary>An option of <c>run</c> that sets a setting.</summary>
/// <param name="Name">The option (<c>--listen</c>).</param>
/// <param name="HelpName">What stands for its value in the help.</param>
/// <param name="Description">What it is for.</param>
internal sealed record SettingOption(string Name, string HelpName, string Description)
{
    /// <summary>The only words that it takes; empty where there are more than can be listed.</summary>
    public ImmutableArray<string> Choices { get; init; } = [];

    /// <summary>True for a path, which is meant relative to the working directory.</summary>
    public bool IsPath { get; init; }
}
