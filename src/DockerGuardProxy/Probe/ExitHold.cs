namespace DockerGuardProxy.Probe;

/// <summary>What the end of a container waits for whose tasks have all ended, as far as the proxy can see it.</summary>
/// <param name="Client">A client of ours that does not read; null where there is none.</param>
/// <param name="MoreClients">How many more there are.</param>
/// <param name="LogDriver">The container's log driver, which may hang as well; null where it is not known.</param>
internal sealed record ExitHold(UnreadClient? Client, int MoreClients, string? LogDriver);

/// <summary>A client that takes none of the bytes that wait for it.</summary>
/// <param name="Pid">Its process, as it connected; 0 for one outside of our pid namespace.</param>
/// <param name="Comm">Its name, printable ASCII; empty where it can't be read.</param>
/// <param name="Operation"><c>attach</c> or <c>exec</c>.</param>
/// <param name="Bytes">What waits for it in its own socket.</param>
/// <param name="Since">Since when it has taken none.</param>
internal sealed record UnreadClient(int Pid, string Comm, string Operation, long Bytes, DateTimeOffset Since);
