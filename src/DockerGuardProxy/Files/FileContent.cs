namespace DockerGuardProxy.Files;

/// <summary>What was found at a path: bytes, or why there are none.</summary>
/// <param name="Bytes">The whole content; null if it could not be read.</param>
/// <param name="Error">Why not, for people; null if it could be read.</param>
/// <param name="IsMissing">True where there is no such file, as opposed to one that can't be read.</param>
internal sealed record FileContent(byte[]? Bytes, string? Error, bool IsMissing)
{
    /// <summary>True for the same bytes, or the same reason for none.</summary>
    public bool IsSameAs(FileContent other) =>
        Error == other.Error && Bytes.AsSpan().SequenceEqual(other.Bytes);
}
