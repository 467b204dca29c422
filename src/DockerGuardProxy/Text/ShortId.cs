namespace DockerGuardProxy.Text;

/// <summary>Ids as docker shows them.</summary>
internal static class ShortId
{
    private const int Length = 12;

    /// <summary>The beginning of an id; not escaped.</summary>
    public static string Of(string id) => id[..Math.Min(Length, id.Length)];
}
