namespace DockerGuardProxy.State;

/// <summary>A state that its reader takes.</summary>
/// <param name="Bytes">The content of the file.</param>
/// <param name="Dropped">How many containers it has no room for.</param>
internal sealed record FittedState(byte[] Bytes, int Dropped);
