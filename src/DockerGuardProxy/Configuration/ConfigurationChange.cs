namespace DockerGuardProxy.Configuration;

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
