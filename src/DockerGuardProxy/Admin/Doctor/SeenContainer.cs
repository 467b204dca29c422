namespace DockerGuardProxy.Admin.Doctor;

/// <summary>A container that runs.</summary>
/// <param name="Id">Full id.</param>
/// <param name="Name">Its name; empty where the engine did not tell.</param>
internal sealed record SeenContainer(string Id, string Name);
