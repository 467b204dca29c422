namespace DockerGuardProxy.Demo.Real;

/// <summary>The engine does not answer, or not any more.</summary>
internal sealed class LostEngineException(string message) : DemoException(message);
