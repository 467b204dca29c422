namespace DockerGuardProxy.Configuration;

/// <summary>Where the configuration in use comes from.</summary>
internal enum ConfigurationOrigin
{
    /// <summary>File, environment and command line, as asked.</summary>
    Asked,

    /// <summary>What was asked at start is not valid: its bad sections are those of the last good configuration.</summary>
    LastGood,

    /// <summary>What was asked at start is not valid and nothing good is known: wrong settings have their defaults, the guard only observes.</summary>
    ObserveOnly,
}
