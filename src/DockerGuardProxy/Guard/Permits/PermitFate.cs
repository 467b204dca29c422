namespace DockerGuardProxy.Guard.Permits;

/// <summary>What has become of a call for its caller.</summary>
internal enum PermitFate
{
    /// <summary>The engine's answer has begun.</summary>
    Answered,

    /// <summary>It read 503.</summary>
    Refused,

    /// <summary>It was sent, and its connection ended before an answer.</summary>
    Lost,

    /// <summary>Its caller has left.</summary>
    Left,

    /// <summary>It read "ask again": the process ends.</summary>
    TurnedAway,

    /// <summary>The guard failed, and it was sent.</summary>
    FailedOpen,
}
