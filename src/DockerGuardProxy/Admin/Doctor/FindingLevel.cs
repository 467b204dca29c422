namespace DockerGuardProxy.Admin.Doctor;

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
