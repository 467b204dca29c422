namespace DockerGuardProxy.Admin.Doctor;

/// <summary>A socket of the engine's name that a container has bound as a file.</summary>
/// <param name="Container">Whose.</param>
/// <param name="Point">Where, in the container.</param>
/// <param name="Leads">Whom it reaches there.</param>
internal sealed record BoundSocket(SeenContainer Container, string Point, SocketOwner Leads);
