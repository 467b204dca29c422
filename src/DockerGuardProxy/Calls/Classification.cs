namespace DockerGuardProxy.Calls;

/// <summary>The answer of <see cref="CallClassifier"/>.</summary>
/// <param name="Kind">Which of the three answers it is.</param>
/// <param name="Call">The call, with <see cref="ClassificationKind.Call"/> alone.</param>
internal readonly record struct Classification(ClassificationKind Kind, TerminatingCall? Call)
{
    /// <summary>Not guarded.</summary>
    public static Classification Passes => default;

    /// <summary>The body decides.</summary>
    public static Classification NeedsBody => new(ClassificationKind.NeedsBody, null);

    /// <summary>Guarded.</summary>
    public static Classification Of(TerminatingCall call) => new(ClassificationKind.Call, call);
}

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
