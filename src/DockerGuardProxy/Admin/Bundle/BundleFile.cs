namespace DockerGuardProxy.Admin.Bundle;

/// <summary>A file of the archive.</summary>
/// <param name="Name">Its path in the archive's folder.</param>
/// <param name="Content">What is in it, without secrets.</param>
internal sealed record BundleFile(string Name, ReadOnlyMemory<byte> Content);
