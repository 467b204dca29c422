namespace DockerGuardProxy.Sockets;

/// <summary>What the kernel calls the program of a peer.</summary>
internal static class PeerName
{
    /// <summary>Its name (proc(5), <c>/proc/PID/comm</c>: at most 15 bytes); empty where nobody can tell.</summary>
    /// <param name="pid">In our pid namespace; 0 for one outside of it.</param>
    public static string Of(int pid)
    {
        if (pid <= 0) return "";
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").TrimEnd('\n');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended.
            return "";
        }
    }
}
