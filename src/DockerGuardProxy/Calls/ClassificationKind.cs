namespace DockerGuardProxy.Calls;

/// <summary>What <see cref="CallClassifier"/> makes of a request.</summary>
internal enum ClassificationKind
{
    /// <summary>No terminating call; it is passed unchanged.</summary>
    Passes,

    /// <summary>A terminating call; it goes to the guard.</summary>
    Call,

    /// <summary>A POST whose urlencoded body may override its query: read the body, then ask again.</summary>
    NeedsBody,
}
