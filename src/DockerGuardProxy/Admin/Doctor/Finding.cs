namespace DockerGuardProxy.Admin.Doctor;

/// <summary>One thing that was looked at, and what it means.</summary>
/// <param name="Check">Which one; a name for scripts.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Text">What was found. Foreign names are escaped.</param>
/// <param name="Cure">What to do; null where nothing is to be done.</param>
internal sealed record Finding(string Check, FindingLevel Level, string Text, string? Cure = null)
{
    public static Finding Ok(string check, string text) => new(check, FindingLevel.Ok, text);

    public static Finding Note(string check, string text, string? cure = null) => new(check, FindingLevel.Note, text, cure);

    public static Finding Unknown(string check, string text, string? cure = null) => new(check, FindingLevel.Unknown, text, cure);

    public static Finding Problem(string check, string text, string cure) => new(check, FindingLevel.Problem, text, cure);
}

/// <summary>What a finding asks of whoever reads it.</summary>
internal enum FindingLevel
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Worth knowing; nothing is wrong.</summary>
    Note,

    /// <summary>It can't be told.</summary>
    Unknown,

    /// <summary>Something is wrong, and the finding says what to do.</summary>
    Problem,
}
