namespace DockerGuardProxy.Guard;

/// <summary>The pod of a container, from the labels <c>io.kubernetes.pod.namespace</c>, <c>.name</c> and <c>.uid</c>.</summary>
internal sealed record Pod(string Namespace, string Name, string? Uid);
