namespace DockerGuardProxy.Sockets;

/// <summary>A socket can't be served; the message names the path and what to do.</summary>
internal sealed class ListenException(string message, Exception? inner = null) : Exception(message, inner);
