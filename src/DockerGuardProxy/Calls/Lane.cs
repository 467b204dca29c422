namespace DockerGuardProxy.Calls;

/// <summary>The two ways of a call's bytes to the engine.</summary>
internal enum Lane
{
    /// <summary>The call is understood on its way; whatever is not beyond doubt goes here.</summary>
    Http,

    /// <summary>Bytes go as they came, and their framing alone is followed.</summary>
    Splice,
}
