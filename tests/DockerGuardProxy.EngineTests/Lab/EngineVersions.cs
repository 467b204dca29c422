using Xunit;

namespace DockerGuardProxy.EngineTests.Lab;

/// <summary>The engines of theories. Apart from <see cref="Dockerd"/>, which the bench starts without a test framework.</summary>
public static class EngineVersions
{
    /// <summary>All of them.</summary>
    public static TheoryData<string> All { get; } = [.. Names];

    /// <summary>The same, for tests that take all of them at once.</summary>
    internal static string[] Names => [Dockerd.Leaky, Dockerd.Installed, Dockerd.Newer, Dockerd.Newest];
}
