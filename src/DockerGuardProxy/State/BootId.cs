namespace DockerGuardProxy.State;

/// <summary>Tells one boot of the host from another.</summary>
internal static class BootId
{
    /// <summary>The kernel's boot_id (random(4)); null if it can't be read.</summary>
    /// <param name="procfs">Usually <c>/proc</c>.</param>
    public static string? Read(string procfs)
    {
        try
        {
            return File.ReadAllText(Path.Combine(procfs, "sys/kernel/random/boot_id")).Trim();
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
