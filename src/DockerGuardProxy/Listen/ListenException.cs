namespace DockerGuardProxy.Listen;

/// <summary>The socket for clients can't be served; the message names the path and what to do.</summary>
internal sealed class ListenException(string message, Exception? inner = null) : Exception(message, inner);
