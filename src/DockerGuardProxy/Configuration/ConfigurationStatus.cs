using System.Collections.Immutable;

namespace DockerGuardProxy.Configuration;

/// <summary>What an operator may ask about the configuration in use.</summary>
/// <param name="File">Path of the file.</param>
/// <param name="Origin">Where the configuration in use comes from.</param>
/// <param name="LoadedAt">Since when it is in use.</param>
/// <param name="SwitchedOff">True while the off switch keeps the guard off, whatever the file says.</param>
/// <param name="HoldBack">Why the guard only observes, whatever the file says; ends with the next reload that takes effect.</param>
/// <param name="Reloads">Reloads since the start that took effect.</param>
/// <param name="FailedReloads">Reloads since the start that were rejected.</param>
/// <param name="Failure">What is wrong with what is asked now; null while it is what is in use.</param>
/// <param name="PendingRestart">Changes that are asked and wait for a restart.</param>
internal sealed record ConfigurationStatus(
    string File,
    ConfigurationOrigin Origin,
    DateTimeOffset LoadedAt,
    bool SwitchedOff,
    HoldBack HoldBack,
    long Reloads,
    long FailedReloads,
    ConfigurationFailure? Failure,
    ImmutableArray<ConfigurationChange> PendingRestart);

/// <summary>Where the configuration in use comes from.</summary>
internal enum ConfigurationOrigin
{
    /// <summary>File, environment and command line, as asked.</summary>
    Asked,

    /// <summary>What was asked at start is not valid: its bad sections are those of the last good configuration.</summary>
    LastGood,

    /// <summary>
    /// What was asked at start is not valid and nothing good is known: wrong settings have their defaults, the guard only observes.
    /// </summary>
    ObserveOnly,
}

/// <summary>A configuration that was asked for and is not valid.</summary>
/// <param name="Time">When it was seen.</param>
/// <param name="Errors">Everything that is wrong with it.</param>
internal sealed record ConfigurationFailure(DateTimeOffset Time, ImmutableArray<ConfigurationError> Errors);

/// <summary>A setting that differs between two configurations.</summary>
/// <param name="Key">The setting, parts joined by dots.</param>
/// <param name="Old">The old value in JSON, without secrets; null where it was not set.</param>
/// <param name="New">The new value in JSON; null where it is no longer set.</param>
/// <param name="NeedsRestart">Whether it takes effect only then.</param>
internal sealed record ConfigurationChange(string Key, string? Old, string? New, bool NeedsRestart)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Key}: {Old ?? "(not set)"} -> {New ?? "(not set)"}";
}
