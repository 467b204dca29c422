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
