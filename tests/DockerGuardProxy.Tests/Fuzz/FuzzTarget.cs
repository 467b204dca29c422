namespace DockerGuardProxy.Tests.Fuzz;

/// <summary>Something that reads bytes of strangers.</summary>
/// <param name="Name">As its folder below tests/fuzz/corpora is called.</param>
/// <param name="Run">Has it read some, and throws if it does anything that it must not.</param>
internal sealed record FuzzTarget(string Name, Action<byte[]> Run);
