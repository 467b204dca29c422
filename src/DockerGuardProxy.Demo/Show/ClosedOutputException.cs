namespace DockerGuardProxy.Demo.Show;

/// <summary>Nobody reads what is printed any more.</summary>
internal sealed class ClosedOutputException() : Exception("Standard output is closed.");
