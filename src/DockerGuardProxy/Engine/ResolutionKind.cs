namespace DockerGuardProxy.Engine;

/// <summary>The outcomes of resolving a reference.</summary>
internal enum ResolutionKind
{
    /// <summary>The index knows no such container; the engine may.</summary>
    None,

    /// <summary>A prefix of several ids: the engine answers with an error.</summary>
    Ambiguous,

    /// <summary>One container.</summary>
    Found,
}
