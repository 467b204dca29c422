namespace DockerGuardProxy.Demo.Simulation;

/// <summary>An error that the engine answers with.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="message">The text in its body; none is sent with 304.</param>
internal sealed class EngineException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>moby daemon/errors.go, errNotRunning.</summary>
    public static EngineException NotRunning(string id) => new(409, $"Container {id} is not running");

    /// <summary>moby daemon/errors.go, containerNotFound.</summary>
    public static EngineException NotFound(string reference) => new(404, $"No such container: {reference}");
}
