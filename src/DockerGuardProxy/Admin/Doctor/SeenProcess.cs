namespace DockerGuardProxy.Admin.Doctor;

/// <summary>A process of the node.</summary>
/// <param name="Pid">In our pid namespace.</param>
/// <param name="Comm">Its name, printable; empty where it was gone before it could be read.</param>
internal readonly record struct SeenProcess(int Pid, string Comm)
{
    /// <summary>What the kernel keeps of the program's name: 15 bytes.</summary>
    public const string ProxyComm = "docker-guard-pr";

    /// <inheritdoc/>
    public override string ToString() => Comm.Length > 0 ? $"{Comm} (pid {Pid})" : $"pid {Pid}";
}
