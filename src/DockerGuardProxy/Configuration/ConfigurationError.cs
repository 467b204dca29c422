namespace DockerGuardProxy.Configuration;

/// <summary>One thing that is wrong with a configuration. Both parts are escaped: printable ASCII on one line.</summary>
/// <param name="Key">The setting, parts joined by dots (<c>guard.backoff[1]</c>); empty where the file as a whole is meant.</param>
/// <param name="Message">What is wrong and what would be right.</param>
internal sealed record ConfigurationError(string Key, string Message)
{
    /// <summary>The first part of the key (<c>guard</c>); empty where the file as a whole is meant.</summary>
    public string Section => Key.Split('.', 2)[0];

    /// <inheritdoc/>
    public override string ToString() => Key.Length == 0 ? Message : $"{Key}: {Message}";
}
