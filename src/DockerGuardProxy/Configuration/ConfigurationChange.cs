namespace DockerGuardProxy.Configuration;

/// <summary>A setting that differs between two configurations.</summary>
/// <param name="Key">The setting, parts joined by dots.</param>
/// <param name="Old">The old value in JSON; null where it was not set.</param>
/// <param name="New">The new value in JSON; null where it is no longer set.</param>
internal sealed record ConfigurationChange(string Key, string? Old, string? New)
{
    /// <summary>The first part of the key (<c>guard</c>).</summary>
    public string Section => Key.Split('.', 2)[0];

    /// <inheritdoc/>
    public override string ToString() => $"{Key}: {Old ?? "(not set)"} -> {New ?? "(not set)"}";
}
