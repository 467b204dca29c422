using DockerGuardProxy.Demo.Proxy;

namespace DockerGuardProxy.Demo.Scenarios;

/// <summary>A proxy that something is played through.</summary>
/// <param name="Socket">Where callers go.</param>
/// <param name="Status">What it says.</param>
/// <param name="Memory">Its resident memory in bytes.</param>
internal sealed record Guarded(string Socket, ProxyStatus Status, Func<long> Memory);
