namespace DockerGuardProxy.Admin;

/// <summary>The proxy could not be asked; the message names the path and what to do.</summary>
internal sealed class AdminException(string message, Exception? inner = null) : Exception(message, inner);
