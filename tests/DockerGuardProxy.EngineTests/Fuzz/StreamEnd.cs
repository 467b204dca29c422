namespace DockerGuardProxy.EngineTests.Fuzz;

/// <summary>Where the reading of a stream ended.</summary>
internal enum StreamEnd
{
    /// <summary>Behind a whole request, with no byte left.</summary>
    Between,

    /// <summary>Behind a request that asked to close.</summary>
    Closed,

    /// <summary>Within a head.</summary>
    InHead,

    /// <summary>Within a body.</summary>
    InBody,

    /// <summary>At a byte of a body that can't stand there.</summary>
    Broken,

    /// <summary>At a head whose end nobody can tell, or at HTTP/2.</summary>
    Odd,
}
