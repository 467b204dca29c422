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
