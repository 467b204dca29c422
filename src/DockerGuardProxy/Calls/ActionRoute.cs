namespace DockerGuardProxy.Calls;

/// <summary>What the path of a terminating call says.</summary>
/// <param name="Operation">What the handler does.</param>
/// <param name="Reference">The container, decoded.</param>
/// <param name="Version">The API version, if the path has one.</param>
internal readonly record struct ActionRoute(Operation Operation, string Reference, ApiVersion? Version);
