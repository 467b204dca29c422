namespace DockerGuardProxy.Guard;

/// <summary>What a report of the probe makes of a run's evidence.</summary>
internal enum EvidenceChange
{
    /// <summary>It goes on, or there is still none.</summary>
    None,

    /// <summary>There was none before.</summary>
    Began,

    /// <summary>What was wrong before is over, and something else holds the same run.</summary>
    Changed,

    /// <summary>There is none any more.</summary>
    Ended,

    /// <summary>An earlier process remembered it, and the first look shows none of its tasks: it may have been another run.</summary>
    NotRecognised,
}
