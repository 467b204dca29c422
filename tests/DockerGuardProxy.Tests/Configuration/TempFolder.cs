using DockerGuardProxy.Configuration;

namespace DockerGuardProxy.Tests.Configuration;

/// <summary>A folder of a test's own, with sources that touch nothing outside it.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("config-");

    public TempFolder() => Sources = new ConfigurationSources
    {
        File = this["config.json"],
        EnvironmentPrefix = $"DOCKER_GUARD_PROXY_TEST_{Guid.NewGuid():N}__",
        OffSwitch = this["off"],
        LastGood = this["config.last-good.json"],
    };

    public ConfigurationSources Sources { get; }

    public string this[string name] => Path.Combine(_folder.FullName, name);

    /// <summary>Writes the configuration file.</summary>
    public TempFolder With(string json)
    {
        File.WriteAllText(Sources.File, json);
        return this;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
