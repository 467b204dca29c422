namespace DockerGuardProxy.Hosting;

/// <summary>What the process uses at one moment.</summary>
/// <param name="Resident">Its resident memory, in bytes; 0 where it can't be read.</param>
/// <param name="Connections">Open connections of clients.</param>
/// <param name="Allocated">Bytes of objects made since the start.</param>
internal readonly record struct MemoryUse(long Resident, int Connections, long Allocated);
