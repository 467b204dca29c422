namespace DockerGuardProxy.Commands;

/// <summary>Whether a command writes for eyes.</summary>
internal static class Terminal
{
    /// <summary>True where it writes to a terminal that knows control sequences.</summary>
    public static bool Is(TextWriter output) =>
        ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");

    /// <summary>True where it may colour, too (no-color.org).</summary>
    public static bool HasColour(TextWriter output) => Is(output) && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
}
