using System.Diagnostics.CodeAnalysis;

namespace DockerGuardProxy.Engine;

/// <summary>Whom a reference means. <paramref name="Exact"/>: it is the full id, which can never come to mean another container.</summary>
internal readonly record struct Resolution(ResolutionKind Kind, Container? Container, bool Exact)
{
    public static Resolution None => default;

    public static Resolution Ambiguous => new(ResolutionKind.Ambiguous, null, false);

    [MemberNotNullWhen(true, nameof(Container))]
    public bool IsFound => Kind == ResolutionKind.Found;
}

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
