namespace DockerGuardProxy.Configuration;

/// <summary>Why the guard only observes, whatever the configuration says.</summary>
internal enum HoldBack
{
    /// <summary>It does as configured.</summary>
    None,

    /// <summary>The daemon has crashed again and again.</summary>
    Crashes,

    /// <summary>A newer version has left a state that this one does not understand.</summary>
    NewerState,
}
